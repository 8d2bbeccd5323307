package io.kvm4j.cli.paging;

import java.io.Console;
import java.util.Optional;
import java.util.function.LongConsumer;
import me.tongfei.progressbar.DelegatingProgressBarConsumer;
import me.tongfei.progressbar.ProgressBar;
import me.tongfei.progressbar.ProgressBarBuilder;
import org.jspecify.annotations.Nullable;

/** Shows on a terminal how many pages have come; nowhere else. */
final class Progress implements LongConsumer, AutoCloseable {
    private static final int WIDTH = 79;

    private final @Nullable ProgressBar bar;

    private Progress(@Nullable ProgressBar bar) {
        this.bar = bar;
    }

    static Progress of(String task, long pages) {
        // There is a console only where both ends are a terminal.
        Optional<Console> terminal = Optional.ofNullable(System.console()).filter(Console::isTerminal);
        return new Progress(terminal.isPresent() ? bar(task, pages) : null);
    }

    private static ProgressBar bar(String task, long pages) {
        return new ProgressBarBuilder()
                .setTaskName(task)
                .setUnit(" pages", 1)
                .setInitialMax(pages)
                .setUpdateIntervalMillis(100)
                .setConsumer(new DelegatingProgressBarConsumer(line -> System.err.print('\r' + line), WIDTH))
                .build();
    }

    @Override
    public void accept(long pages) {
        if (bar != null) {
            bar.stepTo(pages);
        }
    }

    /** Takes it away. */
    @Override
    public void close() {
        if (bar != null) {
            bar.close();
            System.err.print('\r' + " ".repeat(WIDTH) + '\r');
        }
    }
}
