# page_text.py PORT URL WORD - opens URL in a new tab of the Chromium that listens
# for its debugger on PORT here, and prints the text of the page once WORD is in
# it, or what there is after half a minute: pages go on filling after they have
# loaded.
import base64
import json
import os
import socket
import struct
import sys
import time
import urllib.request

port, url, word = int(sys.argv[1]), sys.argv[2], sys.argv[3]


def ask(method, path):
    request = urllib.request.Request(
        "http://127.0.0.1:%d%s" % (port, path), method=method)
    return json.load(urllib.request.urlopen(request, timeout=30))


def connect():
    for _ in range(300):
        try:
            return ask("PUT", "/json/new?" + url)
        except OSError:
            time.sleep(0.1)
    sys.exit("nobody listens on %d" % port)


def receive(s, n):
    data = b""
    while len(data) < n:
        more = s.recv(n - len(data))
        if not more:
            sys.exit("the browser went away")
        data += more
    return data


# RFC 6455: a client masks what it sends; a mask of zeros is one.
def send(s, text):
    data = text.encode()
    s.sendall(struct.pack(">BBH", 0x81, 0x80 | 126, len(data)) + bytes(4) + data)


def message(s):
    length = receive(s, 2)[1] & 127
    if length == 126:
        length = struct.unpack(">H", receive(s, 2))[0]
    elif length == 127:
        length = struct.unpack(">Q", receive(s, 8))[0]
    return json.loads(receive(s, length))


def evaluate(s, number, expression):
    send(s, json.dumps({"id": number, "method": "Runtime.evaluate",
                        "params": {"expression": expression}}))
    while True:
        answer = message(s)
        if answer.get("id") == number:
            return answer["result"]["result"].get("value", "")


def main():
    tab = connect()
    path = tab["webSocketDebuggerUrl"].split("/", 3)[3]
    s = socket.create_connection(("127.0.0.1", port), timeout=60)
    key = base64.b64encode(os.urandom(16)).decode()
    s.sendall(("GET /%s HTTP/1.1\r\nHost: 127.0.0.1:%d\r\n"
               "Upgrade: websocket\r\nConnection: Upgrade\r\n"
               "Sec-WebSocket-Key: %s\r\nSec-WebSocket-Version: 13\r\n\r\n"
               % (path, port, key)).encode())
    head = b""
    while not head.endswith(b"\r\n\r\n"):
        head += receive(s, 1)
    for number in range(1, 300):
        text = evaluate(s, number, "document.body ? document.body.innerText : ''")
        if word in text:
            break
        time.sleep(0.1)
    print(text)


main()
