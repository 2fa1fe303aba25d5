package acestep4j;

import java.io.IOException;
import java.net.Proxy;
import java.net.ProxySelector;
import java.net.SocketAddress;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentSkipListSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Sees which network connections this process tries: those of Java because each asks for a proxy first, and on Linux
 * those of native code because their sockets are in the kernel's tables while they live.
 */
final class NetworkWatch implements AutoCloseable {
    private static final Pattern SOCKET = Pattern.compile("socket:\\[([0-9]+)]");
    private static final List<String> TABLES = List.of("tcp", "tcp6", "udp", "udp6", "raw", "raw6");
    private static final int INODE_COLUMN = 9;

    private final Set<String> seen = new ConcurrentSkipListSet<>();
    private final ProxySelector before = ProxySelector.getDefault();
    private final Thread poller = new Thread(this::poll, "network-watch");
    private volatile boolean running = true;

    NetworkWatch() {
        ProxySelector.setDefault(new ProxySelector() {
            @Override
            public List<Proxy> select(URI uri) {
                seen.add(uri.toString());
                return List.of(Proxy.NO_PROXY);
            }

            @Override
            public void connectFailed(URI uri, SocketAddress address, IOException failure) {
                seen.add(uri.toString());
            }
        });
        poller.setDaemon(true);
        poller.start();
    }

    /** What was tried so far: addresses and kernel sockets. */
    Set<String> seen() {
        return seen;
    }

    private void poll() {
        while (running && Files.isDirectory(Path.of("/proc/self/fd"))) {
            Set<String> own = ownSockets();
            for (String table : TABLES) {
                networkSockets(table).stream().filter(own::contains).forEach(inode -> seen.add(table + " " + inode));
            }
            Thread.onSpinWait();
        }
    }

    private static Set<String> ownSockets() {
        Set<String> inodes = new HashSet<>();
        try (var descriptors = Files.newDirectoryStream(Path.of("/proc/self/fd"))) {
            for (Path descriptor : descriptors) {
                Matcher socket = SOCKET.matcher(target(descriptor));
                if (socket.matches()) {
                    inodes.add(socket.group(1));
                }
            }
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
        return inodes;
    }

    private static String target(Path descriptor) {
        try {
            return Files.readSymbolicLink(descriptor).toString();
        } catch (IOException e) {
            return "closed meanwhile";
        }
    }

    private static Set<String> networkSockets(String table) {
        Set<String> inodes = new HashSet<>();
        try {
            for (String line : Files.readAllLines(Path.of("/proc/self/net", table))) {
                String[] columns = line.strip().split("\\s+");
                if (columns.length > INODE_COLUMN) {
                    inodes.add(columns[INODE_COLUMN]);
                }
            }
        } catch (IOException e) {
            return Set.of();
        }
        return inodes;
    }

    @Override
    public void close() {
        running = false;
        try {
            poller.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        ProxySelector.setDefault(before);
    }
}
