// The commands of QEMU's guest agent (qemu-ga 7.2 to 11.1). It has no schema: `guest-info` tells names, and these tables the
// rest. A name is followed by two blanks.

/** What each one does. */
export const AGENT_COMMANDS = `
guest-exec  starts a program in the guest; guest-exec-status tells what comes of it
guest-exec-status  whether a program started by guest-exec has ended, and what it wrote
guest-file-close  closes a file of the guest
guest-file-flush  writes what is buffered of a file to the guest's disk
guest-file-open  opens a file of the guest; the reply is its handle
guest-file-read  reads from a file of the guest, in base64
guest-file-seek  moves the position in a file of the guest
guest-file-write  writes to a file of the guest, in base64
guest-fsfreeze-freeze  makes the file systems of the guest stand still, all that can be frozen
guest-fsfreeze-freeze-list  makes the file systems at some mount points stand still
guest-fsfreeze-status  whether the file systems of the guest stand still
guest-fsfreeze-thaw  lets frozen file systems go on
guest-fstrim  gives unused room of the guest's file systems back to its disks
guest-get-cpustats  how the guest's processors have spent their time
guest-get-devices  the guest's devices and their drivers (Windows)
guest-get-disks  the disks of the guest, and where they are plugged
guest-get-diskstats  what the guest's disks have read and written
guest-get-fsinfo  the mounted file systems of the guest, and the disks below them
guest-get-host-name  the guest's own name of itself
guest-get-load  the load of the guest over 1, 5 and 15 minutes
guest-get-memory-block-info  how large the blocks are in which memory goes on and off line
guest-get-memory-blocks  the blocks of the guest's memory, and which are on line
guest-get-osinfo  which operating system runs in the guest
guest-get-time  the guest's clock, in nanoseconds since 1970
guest-get-timezone  the guest's time zone
guest-get-users  who is logged in to the guest
guest-get-vcpus  the guest's processors, and which are on line
guest-info  the agent's version, its commands, and which of them are enabled
guest-network-get-interfaces  the guest's network interfaces and their addresses
guest-network-get-route  the guest's routing table
guest-ping  whether the agent answers
guest-set-memory-blocks  takes blocks of the guest's memory on or off line
guest-set-time  sets the guest's clock
guest-set-user-password  gives a user of the guest a password
guest-set-vcpus  takes processors of the guest on or off line
guest-shutdown  shuts the guest down, halts it or starts it anew
guest-ssh-add-authorized-keys  lets the owners of SSH keys log in as a user of the guest
guest-ssh-get-authorized-keys  the SSH keys whose owners may log in as a user of the guest
guest-ssh-remove-authorized-keys  takes SSH keys of a user of the guest away
guest-suspend-disk  suspends the guest to its disk
guest-suspend-hybrid  writes the guest to its disk, and suspends it to memory
guest-suspend-ram  suspends the guest to memory
guest-sync  sends a number back, to tell old answers from new ones
guest-sync-delimited  the same, with the byte 0xFF before the answer
`;

/**
 * The arguments, NAME:TYPE, and behind => what the reply holds. A name with ? may be left out. Types are int, num, str, bool, any,
 * [TYPE] for a list, a|b for one of these words, X/Y for either of two types, and {NAME:TYPE ...} for an object.
 */
export const AGENT_ARGUMENTS = `
guest-exec  path:str arg?:[str] env?:[str] input-data?:str capture-output?:bool/none|stdout|stderr|separated|merged => {pid:int}
guest-exec-status  pid:int => {exited:bool exitcode?:int signal?:int out-data?:str err-data?:str out-truncated?:bool err-truncated?:bool}
guest-file-close  handle:int
guest-file-flush  handle:int
guest-file-open  path:str mode?:str => int
guest-file-read  handle:int count?:int => {count:int buf-b64:str eof:bool}
guest-file-seek  handle:int offset:int whence:int/set|cur|end => {position:int eof:bool}
guest-file-write  handle:int buf-b64:str count?:int => {count:int eof:bool}
guest-fsfreeze-freeze  => int
guest-fsfreeze-freeze-list  mountpoints?:[str] => int
guest-fsfreeze-status  => thawed|frozen
guest-fsfreeze-thaw  => int
guest-fstrim  minimum?:int => {paths:[{path:str trimmed?:int minimum?:int error?:str}]}
guest-get-cpustats  => [{type:linux}]
guest-get-devices  => [{driver-name:str driver-date?:int driver-version?:str id?:any}]
guest-get-disks  => [{name:str partition:bool dependencies?:[str] address?:any alias?:str smart?:any}]
guest-get-diskstats  => [{name:str major:int minor:int stats:any}]
guest-get-fsinfo  => [{name:str mountpoint:str type:str used-bytes?:int total-bytes?:int total-bytes-privileged?:int disk:[any]}]
guest-get-host-name  => {host-name:str}
guest-get-load  => {load1m:num load5m:num load15m:num}
guest-get-memory-block-info  => {size:int}
guest-get-memory-blocks  => [{phys-index:int online:bool can-offline?:bool}]
guest-get-osinfo  => {kernel-release?:str kernel-version?:str machine?:str id?:str name?:str pretty-name?:str version?:str version-id?:str variant?:str variant-id?:str}
guest-get-time  => int
guest-get-timezone  => {zone?:str offset:int}
guest-get-users  => [{user:str login-time:num domain?:str}]
guest-get-vcpus  => [{logical-id:int online:bool can-offline?:bool}]
guest-info  => {version:str supported_commands:[{name:str enabled:bool success-response:bool}]}
guest-network-get-interfaces  => [{name:str hardware-address?:str ip-addresses?:[any] statistics?:any}]
guest-network-get-route  => [{iface:str destination:str metric:int gateway?:str mask?:str irtt?:int flags?:int refcnt?:int use?:int window?:int mtu?:int desprefixlen?:str source?:str srcprefixlen?:str nexthop?:str version:int}]
guest-set-memory-blocks  mem-blks:[{phys-index:int online:bool can-offline?:bool}] => [{phys-index:int response:success|not-found|operation-not-supported|operation-failed error-code?:int}]
guest-set-time  time?:int
guest-set-user-password  username:str password:str crypted:bool
guest-set-vcpus  vcpus:[{logical-id:int online:bool can-offline?:bool}] => int
guest-shutdown  mode?:str
guest-ssh-add-authorized-keys  username:str keys:[str] reset?:bool
guest-ssh-get-authorized-keys  username:str => {keys:[str]}
guest-ssh-remove-authorized-keys  username:str keys:[str]
guest-sync  id:int => int
guest-sync-delimited  id:int => int
`;

/** What arguments and members of replies mean. */
export const AGENT_NOTES = `
guest-exec.arg  the program's arguments, without its own name
guest-exec.capture-output  whether what it writes is kept for guest-exec-status; newer agents also take which of it
guest-exec.env  variables of its environment, NAME=VALUE each
guest-exec.input-data  what it reads on its standard input, in base64
guest-exec.path  the program: a path of the guest's, or a name that its PATH leads to
guest-exec-status.err-data  what it wrote to its standard error, in base64
guest-exec-status.exitcode  its exit status
guest-exec-status.out-data  what it wrote to its standard output, in base64
guest-exec-status.pid  the number that guest-exec gave
guest-exec-status.signal  the signal that ended it
guest-file-open.mode  as fopen takes it: r reads (so it is without one), w begins anew, a appends, r+ does both
guest-file-open.path  a path of the guest's
guest-file-read.count  how many bytes at most
guest-file-seek.offset  how many bytes, counted from whence
guest-file-seek.whence  counted from: set is the beginning, cur the position, end the end
guest-file-write.buf-b64  the bytes to write, in base64
guest-file-write.count  how many of the bytes to write; all without it
guest-fsfreeze-freeze-list.mountpoints  where they are mounted; all without it
guest-fstrim.minimum  pieces of fewer bytes than this are left out
guest-get-timezone.offset  seconds east of UTC
guest-get-users.login-time  seconds since 1970
guest-set-memory-blocks.mem-blks  the blocks, each with whether it is to be on line
guest-set-time.time  nanoseconds since 1970; without it, what the guest's hardware clock says
guest-set-user-password.crypted  whether the password is a hash, as the guest's system keeps it
guest-set-user-password.password  the password, in base64
guest-set-vcpus.vcpus  the processors, each with whether it is to be on line
guest-shutdown.mode  powerdown (so it is without one), halt or reboot
guest-ssh-add-authorized-keys.keys  the public keys, as authorized_keys holds them
guest-ssh-add-authorized-keys.reset  take all others away
guest-ssh-remove-authorized-keys.keys  the public keys, as authorized_keys holds them
guest-sync.id  any number
guest-sync-delimited.id  any number
buf-b64  bytes, in base64
eof  whether the end of the file was reached
handle  the number that guest-file-open gave
logical-id  the processor's number
username  a user of the guest
`;

/** A whole line with it, to learn from. */
export const AGENT_EXAMPLES = `
guest-exec  guest-exec path=/bin/uname arg=["-a"] capture-output=true
guest-exec-status  guest-exec-status pid=1234
guest-file-open  guest-file-open path=/etc/hostname
guest-file-read  guest-file-read handle=1000 count=4096
guest-file-seek  guest-file-seek handle=1000 offset=0 whence=set
guest-fsfreeze-freeze-list  guest-fsfreeze-freeze-list mountpoints=["/", "/var"]
guest-set-vcpus  guest-set-vcpus vcpus=[{"logical-id": 1, "online": false}]
guest-shutdown  guest-shutdown mode=reboot
guest-ssh-get-authorized-keys  guest-ssh-get-authorized-keys username=root
`;

/** What a command does that changes the guest, as a sentence: it is asked about when it is typed. */
export const AGENT_CHANGES = `
guest-exec  starts a program in the guest, with all rights that the agent has: root's, most often.
guest-file-write  writes to a file of the guest.
guest-fsfreeze-freeze  makes the guest's file systems stand still: whatever writes there waits until guest-fsfreeze-thaw.
guest-fsfreeze-freeze-list  makes file systems of the guest stand still: whatever writes there waits until guest-fsfreeze-thaw.
guest-fstrim  gives unused room back to the disks of the guest; on large ones that takes long, and slows it down.
guest-set-memory-blocks  takes memory from the guest, or gives it more.
guest-set-time  sets the guest's clock: what is timed by it may go wrong.
guest-set-user-password  gives a user of the guest another password.
guest-set-vcpus  takes processors from the guest, or gives it more.
guest-shutdown  ends the guest, or starts it anew, for all who work in it.
guest-ssh-add-authorized-keys  lets the owners of these keys log in to the guest.
guest-ssh-remove-authorized-keys  takes keys away: their owners can log in to the guest no more.
guest-suspend-disk  suspends the guest: it is off until somebody starts it again.
guest-suspend-hybrid  suspends the guest: it stands still until somebody wakes it.
guest-suspend-ram  suspends the guest: it stands still until somebody wakes it (system_wakeup in QEMU's monitor).
`;
