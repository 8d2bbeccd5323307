package io.kvm4j.cli.paging;

import io.kvm4j.headers.program.Terminal;
import java.util.function.LongConsumer;
import me.tongfei.progressbar.DelegatingProgressBarConsumer;
import me.tongfei.progressbar.ProgressBar;
import me.tongfei.progressbar.ProgressBarBuilder;
import me.tongfei.progressbar.ProgressBarStyle;
import org.jspecify.annotations.Nullable;

/** Shows on a terminal how many pages have come; nowhere else. */
final class Progress implements LongConsumer, AutoCloseable {
    private static final int WIDTH = 79;

    private final @Nullable ProgressBar bar;

    private Progress(@Nullable ProgressBar bar) {
        this.bar = bar;
    }

    static Progress of(String task, long pages) {
        return new Progress(Terminal.isLive() ? bar(task, pages) : null);
    }

    private static ProgressBar bar(String task, long pages) {
        return new ProgressBarBuilder()
                .setTaskName(task)
                .setStyle(Terminal.isUnicode() ? ProgressBarStyle.COLORFUL_UNICODE_BLOCK : ProgressBarStyle.ASCII)
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
