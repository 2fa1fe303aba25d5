package acestep4j.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import acestep4j.Progress;
import acestep4j.Stage;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class ProgressPrinterTest {
    private final StringWriter written = new StringWriter();

    @Test
    void printsPlainLinesWithoutATerminal() {
        try (ProgressPrinter printer = new ProgressPrinter(new PrintWriter(written, true), false)) {
            printer.progressed(progress(0, 0, Optional.empty()));
            printer.progressed(progress(1, 1, Optional.of(Duration.ofSeconds(59))));
            printer.progressed(progress(2, 3, Optional.of(Duration.ofSeconds(87))));
            printer.progressed(progress(60, 90, Optional.of(Duration.ZERO)));
        }
        assertEquals(
                """
                diffusion 0/60, elapsed 00:00
                diffusion 2/60, elapsed 00:03, ETA 01:27
                diffusion 60/60, elapsed 01:30, ETA 00:00
                """,
                written.toString().replace(System.lineSeparator(), "\n"));
    }

    @Test
    void drawsABarOverItselfOnATerminal() {
        try (ProgressPrinter printer = new ProgressPrinter(new PrintWriter(written, true), true)) {
            printer.progressed(progress(0, 0, Optional.empty()));
            printer.progressed(progress(30, 5, Optional.of(Duration.ofSeconds(5))));
            assertFalse(written.toString().contains("\n"));
        }
        assertTrue(written.toString().contains("\rdiffusion  [" + "#".repeat(15) + ".".repeat(15) + "] 30/60"));
        assertTrue(written.toString().endsWith(System.lineSeparator()));
    }

    @Test
    void showsHoursOnlyWhenThereAreAny() {
        assertEquals("59:59", ProgressPrinter.clock(Duration.ofSeconds(3599)));
        assertEquals("1:00:00", ProgressPrinter.clock(Duration.ofSeconds(3600)));
    }

    private static Progress progress(int step, int seconds, Optional<Duration> eta) {
        return new Progress(Stage.DIFFUSION, step, 60, Duration.ofSeconds(seconds), eta);
    }
}
