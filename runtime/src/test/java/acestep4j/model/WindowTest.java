package acestep4j.model;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class WindowTest {
    private static void assertContext(List<Window> windows, int frames, int from, int to) {
        int keptStart = from;
        for (Window window : windows) {
            assertEquals(keptStart, window.keptStart());
            assertEquals(Math.max(0, window.keptStart() - 11), window.start());
            assertEquals(Math.min(frames, window.keptEnd() + 11), window.end());
            assertTrue(window.keptLength() > 0 && window.length() <= 50, window::toString);
            keptStart = window.keptEnd();
        }
        assertEquals(to, keptStart);
    }

    @Test
    void windowsShowTheContextOrTheEnd() {
        for (int frames = 1; frames < 500; frames++) {
            List<Window> windows = Window.withContext(frames, 0, frames, 50, 11);
            assertContext(windows, frames, 0, frames);
            assertEquals(frames <= 50 ? 1 : (frames + 27) / 28, windows.size());
            assertContext(Window.withContext(frames + 20, 7, frames + 7, 50, 11), frames + 20, 7, frames + 7);
        }
    }

    @Test
    void windowsKeepNearlyTheSameNumberOfFrames() {
        List<Integer> lengths = Window.withContext(20671, 0, 20671, 2048, 91).stream()
                .map(Window::keptLength)
                .toList();
        assertEquals(12, lengths.size());
        assertTrue(lengths.stream().allMatch(length -> length == 1722 || length == 1723), lengths::toString);
    }

    @Test
    void growingWindowsBeginShortAndDoubleUpToTheLongest() {
        for (int frames = 1; frames < 500; frames++) {
            assertContext(Window.growing(frames, 3, 50, 11), frames, 0, frames);
        }
        assertEquals(
                List.of(3, 6, 12, 24, 28, 28, 9),
                Window.growing(110, 3, 50, 11).stream().map(Window::keptLength).toList());
    }

    @Test
    void aWindowMustBeLongerThanItsContext() {
        assertThrows(IllegalArgumentException.class, () -> Window.withContext(100, 0, 100, 22, 11));
    }

    @Test
    void halfOverlappingWindowsAreTheOfficialOnes() {
        assertEquals(List.of(new Window(0, 512, 0, 512)), Window.halfOverlapping(512, 512));
        assertEquals(
                List.of(new Window(0, 512, 0, 384), new Window(256, 768, 384, 640), new Window(512, 1000, 640, 1000)),
                Window.halfOverlapping(1000, 512));
        for (int frames : new int[] {1, 256, 257, 511, 513, 768, 769, 2584}) {
            // range(win_len // 4, latent_len - win_len // 4, win_len // 2), or one anchor
            List<Integer> anchors = IntStream.iterate(128, a -> a < frames - 128, a -> a + 256)
                    .boxed()
                    .toList();
            List<Integer> starts = Window.halfOverlapping(frames, 512).stream()
                    .map(window -> window.start() + 128)
                    .toList();
            assertEquals(anchors.isEmpty() ? List.of(128) : anchors, starts, frames + " frames");
        }
    }
}
