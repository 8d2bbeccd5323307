package io.kvm4j.examples.paging;

import io.kvm4j.fault.PagerFigures;
import java.util.Optional;

/**
 * What was counted while pages were touched, by those who provide them and by the kernel.
 *
 * @param faultExits how often a vCPU came back since a page was absent
 * @param installed how many pages the kernel put in place when it was told to (UFFDIO_COPY)
 * @param duplicates faults whose page another had in hand, or had put in place already
 * @param retries installs that the kernel put off
 * @param kernel what KVM counted
 */
public record Counts(long faultExits, long installed, long duplicates, long retries, KernelCounters kernel) {
    static Counts of(long faultExits, PagerFigures.Faults pager, KernelCounters kernel) {
        return new Counts(faultExits, pager.pages(), pager.duplicates(), pager.retries(), kernel);
    }

    static Counts withoutPager(KernelCounters kernel) {
        return new Counts(0, 0, 0, 0, kernel);
    }

    /**
     * Compares what was counted here with what KVM counted.
     *
     * @return what does not fit together, if anything
     */
    public Optional<String> contradiction(Setup setup) {
        if (kernel.mmioExits() != setup.vcpus()) {
            return Optional.of("%d vCPUs rang, KVM counted %d MMIO exits".formatted(setup.vcpus(), kernel.mmioExits()));
        }
        if (setup.mode() == Mode.NONE) {
            return Optional.empty();
        }
        if (installed != setup.pages()) {
            return Optional.of("%d pages were touched, %d put in place".formatted(setup.pages(), installed));
        }
        if (kernel.pagesMapped() >= 0 && kernel.pagesMapped() < installed) {
            return Optional.of("%d pages were put in place, KVM mapped %d".formatted(installed, kernel.pagesMapped()));
        }
        if (kernel.faultsTaken() >= 0 && kernel.faultsTaken() < installed + faultExits) {
            return Optional.of("%d exits for faults and %d pages, KVM counted %d faults"
                    .formatted(faultExits, installed, kernel.faultsTaken()));
        }
        return Optional.empty();
    }
}
