package acestep4j.cli;

import acestep4j.BundleException;
import acestep4j.InvalidRequestException;
import acestep4j.LoraException;
import acestep4j.Version;
import java.io.PrintWriter;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ScopeType;
import picocli.CommandLine.Spec;

/** The command line: results on the standard output, everything else on the standard error. */
@Command(
        name = "acestep4j",
        description = "ACE-Step music generation inside a Java program.",
        mixinStandardHelpOptions = true,
        versionProvider = Main.VersionLine.class,
        subcommands = {
            GenerateCommand.class,
            RetakeCommand.class,
            RepaintCommand.class,
            ExtendCommand.class,
            EditCommand.class,
            AudioToAudioCommand.class,
            LoopCommand.class,
            BakeCommand.class,
            LibraryCommand.class,
            TokenizeCommand.class,
            InfoCommand.class,
            DoctorCommand.class
        },
        footer = {"", "Exit codes: 0 done, 1 failed, 2 bad input."})
public final class Main implements Runnable {
    static final int OK = 0;
    static final int FAILED = 1;
    static final int BAD_INPUT = 2;

    @Spec
    private CommandSpec spec;

    @Option(names = "--debug", scope = ScopeType.INHERIT, description = "Show the stack trace of a failure.")
    private boolean debug;

    public static void main(String[] args) {
        PrintWriter out = new PrintWriter(System.out, true);
        PrintWriter err = new PrintWriter(System.err, true);
        System.exit(run(out, err, args));
    }

    /** Runs a command and gives its exit code. */
    static int run(PrintWriter out, PrintWriter err, String... args) {
        Main main = new Main();
        CommandLine commandLine = new CommandLine(main)
                .setOut(out)
                .setErr(err)
                .setCaseInsensitiveEnumValuesAllowed(true)
                .setParameterExceptionHandler((e, arguments) -> main.badArguments(e, err))
                .setExecutionExceptionHandler((e, command, result) -> main.failed(e, err));
        try {
            return commandLine.execute(args);
        } catch (Error e) {
            return main.failed(e, err);
        } finally {
            out.flush();
            err.flush();
        }
    }

    @Override
    public void run() {
        throw new ParameterException(
                spec.commandLine(), "expected a command, found none; choose one of those that --help lists");
    }

    private int badArguments(ParameterException e, PrintWriter err) {
        err.println("acestep4j: " + firstLine(e));
        if (debug) {
            e.printStackTrace(err);
        }
        return BAD_INPUT;
    }

    private int failed(Throwable e, PrintWriter err) {
        boolean badInput = e instanceof InputException
                || e instanceof InvalidRequestException
                || e instanceof BundleException
                || e instanceof LoraException;
        err.println("acestep4j: " + firstLine(e));
        if (debug) {
            e.printStackTrace(err);
        }
        return badInput ? BAD_INPUT : FAILED;
    }

    private static String firstLine(Throwable e) {
        String message = e.getMessage();
        return message == null || message.isBlank()
                ? e.getClass().getSimpleName()
                : message.strip().lines().findFirst().orElseThrow();
    }

    /** What {@code --version} prints. */
    static final class VersionLine implements CommandLine.IVersionProvider {
        @Override
        public String[] getVersion() {
            return new String[] {"acestep4j " + Version.current()};
        }
    }
}
