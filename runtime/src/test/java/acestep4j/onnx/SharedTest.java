package acestep4j.onnx;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class SharedTest {
    private final AtomicInteger opened = new AtomicInteger();
    private final AtomicInteger closed = new AtomicInteger();
    private final Shared<AutoCloseable> shared = new Shared<>(() -> {
        opened.incrementAndGet();
        return closed::incrementAndGet;
    });

    @Test
    void isOpenWhileSomebodyHoldsIt() {
        assertEquals(0, opened.get());
        Lease<AutoCloseable> first = shared.hold();
        Lease<AutoCloseable> second = first.another();
        assertSame(first.value(), second.value());
        first.close();
        first.close();
        assertEquals(0, closed.get());
        second.close();
        assertEquals(1, closed.get());
    }

    @Test
    void opensAnewForALaterHolder() {
        Lease<AutoCloseable> first = shared.hold();
        first.close();
        Lease<AutoCloseable> second = shared.hold();
        assertNotSame(first.value(), second.value());
        second.close();
        assertEquals(2, opened.get());
        assertEquals(2, closed.get());
    }

    @Test
    void holdsNothingWhenItDoesNotOpen() {
        AtomicInteger tries = new AtomicInteger();
        Shared<AutoCloseable> failing = new Shared<>(() -> {
            if (tries.incrementAndGet() == 1) {
                throw new IllegalStateException("no");
            }
            return () -> {};
        });
        assertThrows(IllegalStateException.class, failing::hold);
        failing.hold().close();
        assertEquals(2, tries.get());
    }

    @Test
    void isNeverOpenTwiceAtOnce() throws InterruptedException {
        AtomicInteger open = new AtomicInteger();
        AtomicInteger most = new AtomicInteger();
        Shared<AutoCloseable> counted = new Shared<>(() -> {
            most.accumulateAndGet(open.incrementAndGet(), Math::max);
            return open::decrementAndGet;
        });
        CountDownLatch start = new CountDownLatch(1);
        ExecutorService threads = Executors.newFixedThreadPool(4);
        for (int i = 0; i < 4; i++) {
            threads.execute(() -> {
                try {
                    start.await();
                } catch (InterruptedException e) {
                    throw new IllegalStateException(e);
                }
                for (int j = 0; j < 1000; j++) {
                    counted.hold().close();
                }
            });
        }
        start.countDown();
        threads.shutdown();
        threads.awaitTermination(1, TimeUnit.MINUTES);
        assertEquals(1, most.get());
        assertEquals(0, open.get());
    }
}
