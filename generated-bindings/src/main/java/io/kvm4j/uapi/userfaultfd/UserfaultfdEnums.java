package io.kvm4j.uapi.userfaultfd;

import io.kvm4j.processor.annotations.FlagEnum;
import io.kvm4j.processor.annotations.Plain;
import io.kvm4j.processor.annotations.PlainConstants;
import io.kvm4j.processor.annotations.ValueEnum;

/** The enums of {@code linux/userfaultfd.h}, and the constants that none should have. */
@PlainConstants({
    @Plain(
            reason = "the version of the API, and the type bytes of its ioctls",
            constants = {"UFFD_API", "UFFDIO", "USERFAULTFD_IOC"}),
    @Plain(
            reason = "all flags of an enum that the headers know",
            constants = {
                "UFFD_API_FEATURES",
                "UFFD_API_IOCTLS",
                "UFFD_API_RANGE_IOCTLS",
                "UFFD_API_RANGE_IOCTLS_BASIC",
                "UFFD_API_REGISTER_MODES"
            })
})
interface UserfaultfdEnums {
    /** What a message tells of. */
    @ValueEnum(prefix = "UFFD_EVENT_", fields = "uffd_msg.event")
    interface UffdEventTypeSpec {}

    /** What the access was that faulted. */
    @FlagEnum(prefix = "UFFD_PAGEFAULT_FLAG_", fields = "uffd_msg.arg.pagefault.flags")
    interface PagefaultFlagSpec {}

    /** What a userfaultfd can do. */
    @FlagEnum(prefix = "UFFD_FEATURE_", fields = "uffdio_api.features")
    interface UffdFeatureSpec {}

    /** The ioctls that a userfaultfd, or a range of memory, knows. */
    @FlagEnum(
            prefix = "_UFFDIO_",
            numbered = true,
            fields = {"uffdio_api.ioctls", "uffdio_register.ioctls"})
    interface UffdIoctlSpec {}

    /** Which faults of a range are reported. */
    @FlagEnum(prefix = "UFFDIO_REGISTER_MODE_", fields = "uffdio_register.mode")
    interface RegisterModeSpec {}

    /** How pages are copied. */
    @FlagEnum(prefix = "UFFDIO_COPY_MODE_", fields = "uffdio_copy.mode")
    interface CopyModeSpec {}

    /** How zero pages are installed. */
    @FlagEnum(prefix = "UFFDIO_ZEROPAGE_MODE_", fields = "uffdio_zeropage.mode")
    interface ZeropageModeSpec {}

    /** How pages are moved. */
    @FlagEnum(prefix = "UFFDIO_MOVE_MODE_", fields = "uffdio_move.mode")
    interface MoveModeSpec {}

    /** How pages are write-protected. */
    @FlagEnum(prefix = "UFFDIO_WRITEPROTECT_MODE_", fields = "uffdio_writeprotect.mode")
    interface WriteprotectModeSpec {}

    /** How pages that the page cache has are mapped. */
    @FlagEnum(prefix = "UFFDIO_CONTINUE_MODE_", fields = "uffdio_continue.mode")
    interface ContinueModeSpec {}

    /** How pages are poisoned. */
    @FlagEnum(prefix = "UFFDIO_POISON_MODE_", fields = "uffdio_poison.mode")
    interface PoisonModeSpec {}

    /** How a userfaultfd is opened. */
    @FlagEnum(prefix = "UFFD_USER_MODE_", arguments = "USERFAULTFD_IOC_NEW", elsewhere = "the flags of userfaultfd(2)")
    interface UserfaultfdFlagSpec {}
}
