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
            drvPackage(), architecturePackage(), exits(), portLike(), caps(), flags(), ioctls(), moreIoctls()
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
                "@Exits(struct = \"drv_run\", prefix = \"DRV_EXIT_\", reasons = \"DrvReason\",",
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
                "@FlagEnum(prefix = \"DRV_REGION_\", struct = \"drv_region\", field = \"flags\")",
                "interface RegionFlagSpec {}");
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
