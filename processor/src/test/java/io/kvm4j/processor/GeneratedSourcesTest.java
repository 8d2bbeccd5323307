package io.kvm4j.processor;

import static com.google.testing.compile.CompilationSubject.assertThat;

import com.google.testing.compile.Compilation;
import org.junit.jupiter.api.Test;

class GeneratedSourcesTest {
    @Test
    void smoke() {
        Compilation compilation = SpecCompiler.compile(
                SpecCompiler.driverPackage("@Unclaimed(value={\"DRV_SPARE\",\"DRV_GET_PLAIN\",\"DRV_OLD_REGION\"}, reason=\"x\")", "@FlexibleArray(struct = \"drv_list\", count = \"nent\")"),
                SpecCompiler.architecturePackage(),
                SpecCompiler.spec("DrvExitSpec", "/** Why the run came back. */", "@Exits(struct=\"drv_run\", prefix=\"DRV_EXIT_\", reasons=\"DrvReason\", except=\"DRV_EXIT_IO_OUT\")",
                  "@Exit(value=\"DRV_EXIT_UNKNOWN\", arm=\"hw\", type=\"Hardware\")", "@Exit(value=\"DRV_EXIT_IO\", offers=PortLike.class)", "@Exit(value=\"DRV_EXIT_RESET\", arm=\"reset_flags\")", "@ExitFamily(name=\"Arm\", prefix=\"DRV_EXIT_ARM_\")", "interface DrvExitSpec {}"),
                SpecCompiler.spec("PortLike", "interface PortLike { int port(); java.lang.foreign.MemorySegment runArea(); }"),
                SpecCompiler.spec("DrvCapSpec", "/** What it can do. */", "@ValueEnum(prefix=\"DRV_CAP_\")", "interface DrvCapSpec {}"),
                SpecCompiler.spec("RegionFlagSpec", "@FlagEnum(prefix=\"DRV_REGION_\", struct=\"drv_region\", field=\"flags\")", "interface RegionFlagSpec {}"),
                SpecCompiler.spec("DrvIoctls", "@Ioctls", "public interface DrvIoctls {",
                  "@Ioctl(\"DRV_VERSION\") int version();", "@Ioctl(\"DRV_SET_REGION\") void setRegion(@In DrvRegion region);", "@Ioctl(\"DRV_GET_LIST\") @Growing @InOut DrvList getList(SegmentAllocator allocator);",
                  "@Ioctl(\"DRV_GET_REGS\") void getRegs(@Out DrvRegs regs);", "@Ioctl(\"DRV_SET_ADDR\") void setAddr(long addr);", "@Ioctl(\"DRV_SET_MASK\") void setMask(int mask);", "@Ioctl(\"DRV_RUN\") @ReturnsErrno int run();", "@Ioctl(\"DRV_WAKE\") @WrongMacro(\"old\") void wake(@In DrvRegion region);", "}"));
        compilation.generatedSourceFiles().forEach(f -> {
            try {
                System.out.println(f.getName() + "\n" + f.getCharContent(true));
            } catch (java.io.IOException e) {
                throw new RuntimeException(e);
            }
        });
        assertThat(compilation).succeededWithoutWarnings();
    }
}
