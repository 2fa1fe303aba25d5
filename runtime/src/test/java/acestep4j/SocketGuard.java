package acestep4j;

import com.sun.jna.Library;
import com.sun.jna.Memory;
import com.sun.jna.Native;
import com.sun.jna.NativeLong;
import com.sun.jna.Pointer;
import java.net.InetAddress;

/**
 * Makes the Linux kernel kill this process as soon as any of its threads, Java or native, opens a network socket: a
 * seccomp filter on the system call socket(2) that lets only local (AF_UNIX) ones through.
 */
final class SocketGuard {
    /** The exit status of a process that the filter killed: 128 + SIGSYS. */
    static final int KILLED = 128 + 31;

    private static final int PR_SET_NO_NEW_PRIVS = 38;
    private static final long SECCOMP_SET_MODE_FILTER = 1;
    private static final long SECCOMP_FILTER_FLAG_TSYNC = 1;
    private static final int AF_UNIX = 1;

    private static final int LOAD_WORD = 0x20;
    private static final int JUMP_IF_EQUAL = 0x15;
    private static final int RETURN = 0x06;
    private static final int KILL_PROCESS = 0x80000000;
    private static final int ALLOW = 0x7fff0000;
    private static final int SYSTEM_CALL = 0;
    private static final int FIRST_ARGUMENT = 16;

    private interface LibC extends Library {
        int prctl(int option, NativeLong a, NativeLong b, NativeLong c, NativeLong d);

        NativeLong syscall(NativeLong number, NativeLong operation, NativeLong flags, Pointer program);
    }

    private SocketGuard() {}

    /** From now on, for the rest of the process. */
    static void install() {
        // The JDK's own libnet, which every file channel loads, tries once whether there are IPv4 and IPv6.
        InetAddress.getLoopbackAddress();
        boolean x86 = System.getProperty("os.arch").equals("amd64");
        int socket = x86 ? 41 : 198;
        long seccomp = x86 ? 317 : 277;
        int[][] program = {
            {LOAD_WORD, 0, 0, SYSTEM_CALL},
            {JUMP_IF_EQUAL, 0, 3, socket},
            {LOAD_WORD, 0, 0, FIRST_ARGUMENT},
            {JUMP_IF_EQUAL, 1, 0, AF_UNIX},
            {RETURN, 0, 0, KILL_PROCESS},
            {RETURN, 0, 0, ALLOW},
        };
        try (Memory instructions = new Memory(8L * program.length);
                Memory header = new Memory(16)) {
            for (int i = 0; i < program.length; i++) {
                instructions.setShort(8L * i, (short) program[i][0]);
                instructions.setByte(8L * i + 2, (byte) program[i][1]);
                instructions.setByte(8L * i + 3, (byte) program[i][2]);
                instructions.setInt(8L * i + 4, program[i][3]);
            }
            header.setShort(0, (short) program.length);
            header.setPointer(8, instructions);
            LibC c = Native.load("c", LibC.class);
            NativeLong none = new NativeLong(0);
            long denied = c.prctl(PR_SET_NO_NEW_PRIVS, new NativeLong(1), none, none, none);
            long failed = c.syscall(
                            new NativeLong(seccomp),
                            new NativeLong(SECCOMP_SET_MODE_FILTER),
                            new NativeLong(SECCOMP_FILTER_FLAG_TSYNC),
                            header)
                    .longValue();
            if (denied != 0 || failed != 0) {
                throw new IllegalStateException("the kernel refused the filter: error " + Native.getLastError());
            }
        }
    }
}
