#!/bin/bash
# Pictures: what is in them, where they go, and what a failure leaves.
. "$(dirname "$0")/desk.inc"

desk_start
steer size
is "$out" 1280x720 "size prints width and height"

cd "$T" || exit 1
steer screenshot -o a.png
is "$rc $out" "0 a.png" "screenshot prints the name of what it wrote"
is "$(head -c 4 a.png | tail -c 3)" PNG "it is a PNG"
is "$(od -An -tu1 -j16 -N8 a.png | tr -s ' ')" " 0 0 5 0 0 0 2 208" \
	"of the size of the screen"
is "$(find . -name '.steer*')" "" "no temporary file is left"

steer screenshot -o -
is "$rc" 0 "screenshot to standard output succeeds"
cmp -s out a.png
ok $? "and is the same picture"

desk_fluxbox
desk_cat "$T/typed"
steer wait stable
steer screenshot -o b.png
! cmp -s a.png b.png
ok $? "the picture changes when a window is opened"
scrot -o "$T/other.png"
is "$("$B/tests/png_diff" b.png other.png)" 0 \
	"another program sees the same pixels"
steer type "some text"
steer wait stable
steer screenshot -o c.png
! cmp -s b.png c.png
ok $? "the picture changes when text is typed"

mkdir d && cd d || exit 1
steer screenshot
first=$out
steer screenshot
like "$first" '^steer-[0-9]{8}-[0-9]{6}\.png$' "the default name is the time"
isnt "$out" "$first" "two pictures in a row have two names"
is "$(find . -name 'steer-*.png' | wc -l)" 2 "and are two files"
cd ..

echo old >old.png
mkdir full && mount -t tmpfs -o size=8k tmpfs full
echo old >full/a.png
steer screenshot -o full/a.png
is "$rc" 1 "a full disk is a failure"
like "$err" "full/a.png.*No space left" "that names the file and the cause"
is "$(ls -A full) $(cat full/a.png)" "a.png old" "and leaves what was there"
umount full

steer screenshot -o "$T/no/such/dir.png"
is "$rc" 1 "a directory that is not there is a failure"
like "$err" "no/such/dir.png.*No such file" "that names the file"
steer screenshot -o "$T/d"
like "$rc $err" "^1 .*[Ii]s a directory" "a directory is no target"

ln -s old.png link.png
steer screenshot -o link.png
is "$rc $(cat old.png)" "0 old" "a link is replaced, not followed"
[ -L link.png ]
is $? 1 "and is a file after that"

steer screenshot -o /dev/null
is "$rc" 0 "a device is written to"
[ -c /dev/null ]
ok $? "and not replaced"
steer screenshot -o /dev/full
like "$rc $err" "^1 .*/dev/full.*No space left" "a full device is a failure"

mkfifo pipe
cat pipe >from-pipe &
steer screenshot -o pipe
wait $!
is "$(head -c 4 from-pipe | tail -c 3)" PNG "a pipe is written to"

run_cmd script -qec "$B/steer --socket $X screenshot -o -" "$T/typescript"
like "$out" "terminal" "a terminal gets no picture"
unlike "$out" PNG "not a byte of it"

for screen in 640x480x16 800x600x30; do
	DESK_SCREEN=$screen
	rm "$T/number"
	desk_start
	steer screenshot -o "$screen.png"
	is "$rc" 0 "a screen of $screen can be read"
	[ "$rc" = 0 ] || cmd_diag
done

rm "$T/number"
DESK_SCREEN=640x480x8
desk_start
steer screenshot -o eight.png
like "$rc $err" "^5 .*TrueColor" "a screen of palette colours is refused"
[ ! -e eight.png ]
ok $? "and leaves no file"

rm "$T/number"
DESK_SCREEN=640x480x24
desk_start -extension MIT-SHM
steer screenshot -o noshm.png
is "$rc" 0 "a server without shared memory can be read"
rm "$T/number"
desk_start
steer screenshot -o shm.png
cmp -s noshm.png shm.png
ok $? "and shows the same"
done_testing
