package io.kvm4j.processor;

import static io.kvm4j.processor.SpecCompiler.architecturePackage;
import static io.kvm4j.processor.SpecCompiler.packageOf;
import static io.kvm4j.processor.SpecCompiler.spec;

import com.google.testing.compile.JavaFileObjects;
import javax.tools.JavaFileObject;

/** A complete set of correct specs for the test driver. */
final class Driver {
    private Driver() {}

    static JavaFileObject[] specs() {
        return new JavaFileObject[] {
            drvPackage(),
            architecturePackage(),
            exits(),
            portLike(),
            caps(),
            flags(),
            enums(),
            runFlags(),
            ioctls(),
            moreIoctls()
        };
    }

    static JavaFileObject drvPackage() {
        return packageOf(
                "drv",
                "@UapiPackage(headers = \"linux/drv.h\", constants = \"DrvConstants\", neutral = \"drv_run\",",
                "flexibleArrays = @FlexibleArray(struct = \"drv_list\", count = \"nent\"))",
                "@Unclaimed(@Excuse(value = {\"DRV_GET_PLAIN\", \"DRV_OLD_REGION\"}, reason = \"test\"))");
    }

    static JavaFileObject exits() {
        return spec(
                "DrvExitSpec",
                "/** Why the driver came back. */",
                "@Exits(struct = \"drv_run\", field = \"exit_reason\", prefix = \"DRV_EXIT_\", reasons = \"DrvReason\",",
                "except = \"DRV_EXIT_IO_OUT\", unread = \"padding\",",
                "exits = {",
                "@Exit(value = \"DRV_EXIT_UNKNOWN\", arm = \"hw\", type = \"Hardware\"),",
                "@Exit(value = \"DRV_EXIT_IO\", offers = PortLike.class),",
                "@Exit(value = \"DRV_EXIT_RESET\", arm = \"reset_flags\")},",
                "families = {@ExitFamily(name = \"Arm\", prefix = \"DRV_EXIT_ARM_\"),",
                "@ExitFamily(name = \"Nobody\", prefix = \"DRV_EXIT_NOBODY_\")})",
                "interface DrvExitSpec {}");
    }

    static JavaFileObject portLike() {
        return spec("PortLike", "public interface PortLike { int port(); java.lang.foreign.MemorySegment runArea(); }");
    }

    static JavaFileObject caps() {
        return spec(
                "DrvCapSpec", "/** What it can do. */", "@ValueEnum(prefix = \"DRV_CAP_\")", "interface DrvCapSpec {}");
    }

    static JavaFileObject flags() {
        return spec(
                "RegionFlagSpec",
                "/** What a region is. */",
                "@FlagEnum(prefix = \"DRV_REGION_\", fields = \"drv_region.flags\")",
                "interface RegionFlagSpec {}");
    }

    /** Enums in each of the ways in which a field can hold them. */
    static JavaFileObject enums() {
        return spec(
                "Enums",
                "interface Enums {",
                "/** What it is switched to. */",
                "@ValueEnum(prefix = \"DRV_MODE_\", except = \"DRV_MODE_DEFAULT\",",
                "fields = {\"drv_run.io.direction\", \"drv_words.pair[1]\", \"drv_run.hw.hardware_exit_reason\"},",
                "arguments = \"DRV_SPARE\")",
                "interface ModeSpec {}",
                "/** What it serves. */",
                "@ValueEnum(macros = {\"DRV_KIND_DISK\", \"DRV_KIND_NET\"}, fields = \"drv_packed.flags\",",
                "mask = \"DRV_KIND_MASK\")",
                "interface KindSpec {}",
                "/** Whose interrupt it is. */",
                "@ValueEnum(macros = {\"DRV_IRQ_TYPE_CPU\", \"DRV_IRQ_TYPE_SHARED\"}, fields = \"drv_packed.flags\",",
                "mask = \"DRV_IRQ_TYPE_MASK\", shift = \"DRV_IRQ_TYPE_SHIFT\")",
                "interface IrqTypeSpec {}",
                "/** What is to be done. */",
                "@FlagEnum(prefix = \"DRV_BIT_\", numbered = true, fields = \"drv_region.addr\",",
                "tagged = {@TaggedField(value = \"drv_regs.pc\", when = \"sp is 0\")})",
                "interface TaskSpec {}",
                "}");
    }

    /** An enum of an architecture that a neutral struct holds. */
    static JavaFileObject runFlags() {
        return JavaFileObjects.forSourceLines(
                "drv.x86.RunFlagSpec",
                "package drv.x86;",
                "import io.kvm4j.processor.annotations.*;",
                "/** How it ran. */",
                "@FlagEnum(prefix = \"DRV_RUN_\", fields = \"drv_run.io.port\",",
                "tagged = {@TaggedField(value = \"drv_run.reset_flags\", when = \"exit_reason is DRV_EXIT_RESET\")})",
                "interface RunFlagSpec {}");
    }

    static JavaFileObject ioctls() {
        return spec(
                "DrvIoctls",
                "@Ioctls",
                "public interface DrvIoctls {",
                "@Ioctl(\"DRV_VERSION\") int version();",
                "@Ioctl(\"DRV_SET_REGION\") void setRegion(@In DrvRegion region);",
                "@Ioctl(\"DRV_GET_LIST\") @Growing @InOut DrvList getList(SegmentAllocator allocator);",
                "@Ioctl(\"DRV_SET_ADDR\") void setAddr(long addr);",
                "@Ioctl(\"DRV_SET_MASK\") void setMask(int mask);",
                "@Ioctl(\"DRV_SPARE\") void spare(long value);",
                "default void spare(Mode mode) { spare(mode.number()); }",
                "@Ioctl(\"DRV_RUN\") @ReturnsErrno int run();",
                "@Ioctl(\"DRV_WAKE\") @WrongMacro(\"old\") void wake(@In DrvRegion region);",
                "}");
    }

    static JavaFileObject moreIoctls() {
        return JavaFileObjects.forSourceLines(
                "drv.x86.DrvMoreIoctls",
                "package drv.x86;",
                "import drv.*;",
                "import io.kvm4j.processor.annotations.*;",
                "@Ioctls",
                "public interface DrvMoreIoctls extends DrvIoctls {",
                "@Ioctl(value = \"DRV_GET_REGS\", capability = \"DRV_CAP_LIST\") void getRegs(@Out DrvRegs regs);",
                "}");
    }
}
