package acestep4j.benchmarks;

import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** Prints the head of a results file: what a measurement here would have run on. */
@Command(name = "machine", description = "Prints this machine, the versions and the commit as JSON.")
final class MachineCommand implements Callable<Integer> {
    @Spec
    private CommandSpec spec;

    @Override
    public Integer call() {
        spec.commandLine().getOut().println(ResultsFile.toJson(ResultsFile.head()));
        return 0;
    }
}
