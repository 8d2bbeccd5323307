package io.kvm4j.cli.guests;

import io.kvm4j.Kvm;
import io.kvm4j.cli.options.DeviceOption;
import io.kvm4j.examples.UserfaultfdPager;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Mixin;

/** {@code kvm4j userfaultfd-pager}. */
@Command(
        name = "userfaultfd-pager",
        description = "Runs a guest whose memory arrives when it is touched, by a userfaultfd.",
        mixinStandardHelpOptions = true)
public final class UserfaultfdPagerCommand implements Callable<Integer> {
    @Mixin
    private final DeviceOption device = new DeviceOption();

    /** Made by picocli. */
    UserfaultfdPagerCommand() {}

    @Override
    public Integer call() throws InterruptedException {
        try (Kvm kvm = device.open()) {
            UserfaultfdPager.run(kvm, System.out);
            return ExitCode.OK;
        }
    }
}
