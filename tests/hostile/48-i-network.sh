#!/bin/bash
# CVE-2020-15257 and its kin: services of the host that a guest should not reach,
# on every local address, at the metadata's, on abstract sockets and on sockets
# in a layer. Each is a canary that writes down who came.
if [ -z "${PRIVATE:-}" ] && [ "$(id -u)" = 0 ]; then
	PRIVATE=1 exec unshare --net --mount --propagation private bash "$0"
fi
. "$(dirname "$0")/../box/image.inc"
need_layers
need python3 ip

# The test's own network, which the launcher takes for the host's.
ip link set lo up
for address in 10.77.0.1 169.254.169.254 192.168.77.1; do
	ip address add "$address/32" dev lo
done
ip -6 address add fd00:77::1/128 dev lo nodad 2>"$T/err"
layer=$trees/layer
mkdir -p "$layer/opt"

cat >"$T/canary.py" <<'EOP'
import os, socket, sys, threading
log = open(sys.argv[1], "a", buffering=1)
def stream(family, address, name):
    s = socket.socket(family, socket.SOCK_STREAM)
    s.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    if family == socket.AF_INET6:
        s.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
    s.bind(address)
    s.listen(64)
    if family == socket.AF_UNIX and address[0] != "\0":
        os.chmod(address, 0o777)
    def serve():
        while True:
            c, _ = s.accept()
            log.write("visit " + name + "\n")
            c.send(b"canary")
            c.close()
    threading.Thread(target=serve).start()
def datagram(family, address, name):
    s = socket.socket(family, socket.SOCK_DGRAM)
    s.bind(address)
    def serve():
        while True:
            data, peer = s.recvfrom(100)
            log.write("visit " + name + "\n")
            s.sendto(b"canary", peer)
    threading.Thread(target=serve).start()
stream(socket.AF_INET, ("0.0.0.0", 4711), "tcp")
stream(socket.AF_INET6, ("::", 4711), "tcp6")
datagram(socket.AF_INET, ("0.0.0.0", 53), "udp")
stream(socket.AF_UNIX, "\0canary", "abstract")
stream(socket.AF_UNIX, "\0/tmp/.X11-unix/X99", "abstract X")
os.chdir(sys.argv[2])
stream(socket.AF_UNIX, "canary.sock", "path")
log.write("ready\n")
EOP
cat >"$T/visit.py" <<'EOP'
import os, socket, sys
def visit(family, kind, address, name):
    try:
        s = socket.socket(family, kind)
        s.settimeout(1)
        s.connect(address)
        if kind == socket.SOCK_DGRAM:
            s.send(b"secret")
        if s.recv(10) == b"canary":
            print("REACHED", name)
    except (OSError, AttributeError) as e:
        print("refused", name, e)
v4 = "127.0.0.1", "127.0.0.53", "10.77.0.1", "169.254.169.254", "192.168.77.1", "0.0.0.0"
for a in v4:
    visit(socket.AF_INET, socket.SOCK_STREAM, (a, 4711), "tcp " + a)
    visit(socket.AF_INET, socket.SOCK_DGRAM, (a, 53), "udp " + a)
for a in "::1", "fd00:77::1", "::ffff:127.0.0.1":
    visit(socket.AF_INET6, socket.SOCK_STREAM, (a, 4711), "tcp " + a)
for a in "\0canary", "\0/tmp/.X11-unix/X99":
    visit(socket.AF_UNIX, socket.SOCK_STREAM, a, "abstract " + a[1:])
for a in sys.argv[1], "/proc/1/root" + sys.argv[1], "/proc/self/root" + sys.argv[1]:
    visit(socket.AF_UNIX, socket.SOCK_STREAM, a, "path " + a)
visit(getattr(socket, "AF_VSOCK", 40), socket.SOCK_STREAM, (2, 4711), "vsock 2")
print("visited")
EOP
background python3 "$T/canary.py" "$T/log" "$layer/opt"
wait_until grep -q ready "$T/log"

visit=$(cat "$T/visit.py")
run_cmd python3 -c "$visit" "$layer/opt/canary.sock"
reached=$(grep -c ^REACHED <<<"$out")
[ "$reached" -ge 15 ]
ok $? "outside, $reached of the canaries are reached" || cmd_diag
before=$(cat "$T/log")

# nobody CAPTION: none of them was.
nobody() {
	like "$out" "^visited$" "$1: all are tried" || cmd_diag
	is "$(grep ^REACHED <<<"$out")" "" "$1: none is reached"
	is "$(cat "$T/log")" "$before" "$1: no canary was visited"
}
run_min --set rootfs.layers="$layer" -- python3 -c "$visit" /opt/canary.sock
nobody run
n=$(name net)
start_min "$n" --set rootfs.layers="$layer" --set security.seccomp=browser -- \
	sleep 1000
in_box "$n" python3 -c "$visit" /opt/canary.sock
nobody exec
# As root of a network namespace of his own, which has the routes he likes.
put_inside "$n" attack_nested
in_box "$n" /tmp/attack_nested run /usr/bin/python3 -c "$visit" /opt/canary.sock
nobody nested
run_cmd nsenter -t "$(field "$n" .init.pid)" -U -n -m -p -i -u -C -S 0 -G 0 -- \
	python3 -c "$visit" /opt/canary.sock
nobody "root inside, without a filter"
in_box "$n" sh -c 'ls /sys/class/net; cat /proc/net/route /proc/net/ipv6_route |
	grep -v " lo$"'
is "$(grep -v ^Iface <<<"$out")" lo "there is loopback, and no way out of it"
in_box "$n" sh -c 'cat /proc/net/unix /proc/net/tcp'
unlike "$out" "canary|:1267 " "the host's sockets are not to be seen"
"$S" rm -f "$n"

# A desktop has sockets of its own, and no other.
start_desktop "$n" -- sleep 1000
in_box "$n" sh -c 'find / -xdev -type s 2>/dev/null; find /tmp /run -type s'
is "$(sort -u <<<"$out" | xargs)" "/run/user/1000/bus /tmp/.X11-unix/X99" \
	"a desktop has two sockets by name"
in_box "$n" python3 -c "$visit" /opt/canary.sock
nobody desktop
"$S" rm -f "$n"
done_testing
