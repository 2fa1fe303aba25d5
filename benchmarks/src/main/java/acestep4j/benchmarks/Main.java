package acestep4j.benchmarks;

import picocli.CommandLine;
import picocli.CommandLine.Command;

/** Runs one of this project's own measurements when its name comes first, and JMH for all other arguments. */
@Command(
        name = "benchmarks",
        description = "Measurements beside JMH; any other first argument goes to JMH.",
        mixinStandardHelpOptions = true,
        subcommands = {
            SongCommand.class,
            SongsCommand.class,
            TrajectoryCommand.class,
            QualityCommand.class,
            GameLoopCommand.class,
            MachineCommand.class
        })
public final class Main {
    private Main() {}

    public static void main(String[] args) throws Exception {
        CommandLine commands = commands();
        if (args.length > 0 && commands.getSubcommands().containsKey(args[0])) {
            System.exit(commands.execute(args));
        }
        org.openjdk.jmh.Main.main(args);
    }

    static CommandLine commands() {
        return new CommandLine(new Main()).setExecutionExceptionHandler((e, command, arguments) -> {
            command.getErr().println("benchmarks: " + oneLine(e));
            return CommandLine.ExitCode.SOFTWARE;
        });
    }

    /** What went wrong, on one line. */
    static String oneLine(Throwable e) {
        String message = e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage();
        return message.lines().findFirst().orElse(message);
    }
}
