package acestep4j.cli;

import java.io.PrintWriter;
import java.io.StringWriter;

/** What one call of the command line gave. */
record Outcome(int exitCode, String out, String err) {
    static Outcome of(String... args) {
        StringWriter out = new StringWriter();
        StringWriter err = new StringWriter();
        int exitCode = Main.run(new PrintWriter(out, true), new PrintWriter(err, true), args);
        return new Outcome(exitCode, out.toString(), err.toString());
    }
}
