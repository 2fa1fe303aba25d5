package acestep4j.cli;

import acestep4j.Progress;
import acestep4j.ProgressListener;
import acestep4j.Stage;
import java.io.PrintWriter;
import java.time.Duration;
import java.util.Locale;

/** Shows the progress: as a bar that is drawn over itself on a terminal, otherwise as plain lines. Not thread-safe. */
final class ProgressPrinter implements ProgressListener, AutoCloseable {
    private static final int BAR_WIDTH = 30;
    private static final Duration BETWEEN_LINES = Duration.ofSeconds(2);
    private static final String ERASE_TO_END_OF_LINE = "\u001b[K";

    private final PrintWriter err;
    private final boolean terminal;
    private boolean barIsOpen;
    private Stage lastStage;
    private Duration lastLine = Duration.ZERO;

    ProgressPrinter(PrintWriter err, boolean terminal) {
        this.err = err;
        this.terminal = terminal;
    }

    @Override
    public void progressed(Progress progress) {
        if (terminal) {
            drawBar(progress);
        } else {
            printLine(progress);
        }
    }

    private void drawBar(Progress progress) {
        if (barIsOpen && progress.stage() != lastStage) {
            err.println();
        }
        lastStage = progress.stage();
        String bar = bar(progress.step(), progress.total());
        err.print("\r" + String.format("%-10s %s ", label(progress), bar) + numbers(progress) + ERASE_TO_END_OF_LINE);
        err.flush();
        barIsOpen = true;
    }

    private void printLine(Progress progress) {
        boolean newStage = progress.stage() != lastStage;
        boolean last = progress.step() == progress.total();
        if (newStage || last || progress.elapsed().minus(lastLine).compareTo(BETWEEN_LINES) >= 0) {
            err.println(label(progress) + " " + numbers(progress));
            lastLine = progress.elapsed();
            lastStage = progress.stage();
        }
    }

    private static String label(Progress progress) {
        return progress.stage().name().toLowerCase(Locale.ROOT);
    }

    private static String numbers(Progress progress) {
        String left = progress.eta().map(eta -> ", ETA " + clock(eta)).orElse("");
        return progress.step() + "/" + progress.total() + ", elapsed " + clock(progress.elapsed()) + left;
    }

    static String bar(int done, int total) {
        int filled = BAR_WIDTH * done / total;
        return "[" + "#".repeat(filled) + ".".repeat(BAR_WIDTH - filled) + "]";
    }

    /** Minutes and seconds, with hours in front when there are any. */
    static String clock(Duration time) {
        long seconds = Math.round(time.toMillis() / 1000.0);
        String minutes = String.format(Locale.ROOT, "%02d:%02d", seconds / 60 % 60, seconds % 60);
        return seconds < 3600 ? minutes : seconds / 3600 + ":" + minutes;
    }

    /** Ends the bar's line. */
    @Override
    public void close() {
        if (barIsOpen) {
            err.println();
            barIsOpen = false;
        }
    }
}
