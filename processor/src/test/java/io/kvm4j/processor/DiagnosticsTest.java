package io.kvm4j.processor;

import static com.google.testing.compile.CompilationSubject.assertThat;
import static io.kvm4j.processor.SpecCompiler.architecturePackage;
import static io.kvm4j.processor.SpecCompiler.compile;
import static io.kvm4j.processor.SpecCompiler.driverPackage;
import static io.kvm4j.processor.SpecCompiler.packageOf;
import static io.kvm4j.processor.SpecCompiler.spec;
import static io.kvm4j.processor.SpecCompiler.unclaimed;

import com.google.testing.compile.Compilation;
import java.util.List;
import javax.tools.JavaFileObject;
import org.junit.jupiter.api.Test;

/** One test per diagnostic: its text, the file and line it points at, and that it comes alone. */
class DiagnosticsTest {
    private static final String UNCLAIMED = unclaimed();

    @Test
    void snapshotNotSet() {
        JavaFileObject drv = driverPackage(UNCLAIMED);
        assertThat(compile(List.of(), drv))
                .hadErrorContaining("[KVM4J-001] no ABI snapshot: pass -Akvm4j.snapshot=PATH to the compiler");
        assertThat(compile(List.of(), drv)).hadErrorCount(1);
    }

    @Test
    void snapshotMissing() {
        Compilation c = compile(List.of("-Akvm4j.snapshot=nowhere.json"), driverPackage(UNCLAIMED));
        assertThat(c).hadErrorContaining("[KVM4J-002] the ABI snapshot cannot be read: nowhere.json does not exist");
        assertThat(c).hadErrorCount(1);
    }

    @Test
    void snapshotMalformed() {
        Compilation c = compile(List.of("-Akvm4j.snapshot=pom.xml"), driverPackage(UNCLAIMED));
        assertThat(c).hadErrorContaining("[KVM4J-002] the ABI snapshot cannot be read: pom.xml");
        assertThat(c).hadErrorCount(1);
    }

    @Test
    void noSnapshotForArchitecture() {
        JavaFileObject arm = packageOf(
                "drv.arm",
                "@UapiPackage(headers = \"asm/drv.h\", constants = \"C\", architecture = \"aarch64\")",
                UNCLAIMED);
        expectOne(
                compile(arm),
                "[KVM4J-003] no ABI snapshot of aarch64; there is test-driver for x86_64",
                arm,
                "architecture = \"aarch64\"");
    }

    @Test
    void noSnapshotOfSet() {
        JavaFileObject proposal = packageOf(
                "drv.proposal",
                "@UapiPackage(headers = \"linux/drv.h\", constants = \"C\", set = \"proposal\")",
                UNCLAIMED);
        expectOne(
                compile(proposal),
                "[KVM4J-003] no ABI snapshot of proposal; there is test-driver for x86_64",
                proposal,
                "set = \"proposal\"");
    }

    @Test
    void unknownHeader() {
        JavaFileObject drv = packageOf("drv", "@UapiPackage(headers = \"linux/dvr.h\", constants = \"C\")");
        expectOne(
                compile(drv),
                "[KVM4J-004] header linux/dvr.h is not in the ABI snapshot; did you mean linux/drv.h?",
                drv,
                "headers = \"linux/dvr.h\"");
    }

    @Test
    void headerClaimedTwice() {
        JavaFileObject again = packageOf("other", "@UapiPackage(headers = \"linux/drv.h\", constants = \"C\")");
        expectOne(
                compile(driverPackage(UNCLAIMED), again),
                "[KVM4J-005] header linux/drv.h is generated into package drv already",
                again,
                "headers = \"linux/drv.h\"");
    }

    @Test
    void unknownNeutralRecord() {
        JavaFileObject drv = packageOf(
                "drv", "@UapiPackage(headers = \"linux/drv.h\", constants = \"C\", neutral = \"drv_rum\")", UNCLAIMED);
        expectOne(
                compile(drv),
                "[KVM4J-006] there is no struct or union drv_rum in the headers; did you mean drv_run?",
                drv,
                "neutral = \"drv_rum\"");
    }

    @Test
    void flexibleArrayOfUnknownRecord() {
        JavaFileObject drv = counted("drv_lists", "nent");
        expectOne(
                compile(drv),
                "[KVM4J-006] there is no struct or union drv_lists in the headers; did you mean drv_list?",
                drv,
                "drv_lists");
    }

    @Test
    void unknownCount() {
        JavaFileObject drv = counted("drv_list", "ment");
        expectOne(compile(drv), "[KVM4J-007] drv_list has no member ment; did you mean nent?", drv, "count = \"ment\"");
    }

    @Test
    void noFlexibleArray() {
        JavaFileObject drv = counted("drv_region", "slot");
        expectOne(compile(drv), "[KVM4J-008] drv_region has no flexible array", drv, "drv_region");
    }

    @Test
    void unknownConstantInExcept() {
        JavaFileObject caps =
                spec("CapSpec", "@ValueEnum(prefix = \"DRV_CAP_\", except = \"DRV_CAP_LISP\")", "interface CapSpec {}");
        expectOne(
                compile(driverPackage(UNCLAIMED), architecturePackage(), caps),
                "[KVM4J-009] there is no constant DRV_CAP_LISP in the headers; did you mean DRV_CAP_LIST?",
                caps,
                "DRV_CAP_LISP");
    }

    @Test
    void specName() {
        JavaFileObject caps = spec("Caps", "@ValueEnum(prefix = \"DRV_CAP_\")", "interface Caps {}");
        expectOne(
                compile(driverPackage(UNCLAIMED), architecturePackage(), caps),
                "[KVM4J-010] the name of a spec ends in Spec and the rest names what it generates: Caps does not",
                caps,
                "interface Caps");
    }

    @Test
    void unknownIoctl() {
        expectIoctl(
                "@Ioctl(\"DRV_VERSON\") int version();",
                "[KVM4J-011] there is no ioctl DRV_VERSON in the headers; did you mean DRV_VERSION?");
    }

    @Test
    void sizeOfStructDiffersFromNumber() {
        expectIoctl(
                "@Ioctl(\"DRV_OLD_REGION\") void setRegion(@In DrvRegion region);",
                "[KVM4J-012] the number of DRV_OLD_REGION says that its argument has 12 bytes,"
                        + " struct drv_region has 16");
    }

    @Test
    void sizeOfScalarDiffersFromNumber() {
        expectIoctl(
                "@Ioctl(\"DRV_SET_ADDR\") void setAddr(int addr);",
                "[KVM4J-012] the number of DRV_SET_ADDR says that its argument has 8 bytes, int has 4");
    }

    @Test
    void directionDiffersFromNumber() {
        expectIoctl(
                "@Ioctl(\"DRV_WAKE\") void wake(@In DrvRegion region);",
                "[KVM4J-013] the number of DRV_WAKE says that the kernel writes its argument,"
                        + " the spec says that it reads it; if the macro is wrong, say why with @WrongMacro");
    }

    @Test
    void directionOfScalarDiffersFromNumber() {
        expectIoctl(
                "@Ioctl(\"DRV_SET_MASK\") void setMask(@Out int mask);",
                "[KVM4J-013] the number of DRV_SET_MASK says that the kernel reads its argument,"
                        + " the spec says that it writes it");
    }

    @Test
    void directionOfGrowingDiffersFromNumber() {
        JavaFileObject ioctls = spec(
                "DrvIoctls",
                "@Ioctls",
                "interface DrvIoctls {",
                "@Growing @Out @Ioctl(\"DRV_GET_LIST\") DrvList getList(SegmentAllocator allocator);",
                "}");
        expectOne(
                compile(Driver.drvPackage(), architecturePackage(), ioctls),
                "[KVM4J-013] the number of DRV_GET_LIST says that the kernel reads and writes its argument,"
                        + " the spec says that it writes it",
                ioctls,
                "@Growing @Out");
    }

    @Test
    void directionOfValueDiffersFromNumber() {
        expectIoctl(
                "@WrongMacro(\"no\") @Ioctl(\"DRV_SPARE\") void spare(long value);",
                "[KVM4J-014] @WrongMacro, yet the number of DRV_SPARE agrees with the spec");
    }

    @Test
    void needlessWrongMacro() {
        expectIoctl(
                "@WrongMacro(\"no\") @Ioctl(\"DRV_SET_REGION\") void setRegion(@In DrvRegion region);",
                "[KVM4J-014] @WrongMacro, yet the number of DRV_SET_REGION agrees with the spec");
    }

    @Test
    void argumentIsAnotherStruct() {
        expectIoctl(
                "@Ioctl(\"DRV_SET_REGION\") void setRegion(@In DrvRegs region);",
                "[KVM4J-015] DRV_SET_REGION takes struct drv_region according to its macro, not struct drv_regs");
    }

    @Test
    void argumentIsNoNumber() {
        expectIoctl(
                "@Ioctl(\"DRV_SET_REGION\") void setRegion(long region);",
                "[KVM4J-015] DRV_SET_REGION takes struct drv_region according to its macro, not long");
    }

    @Test
    void twoParameters() {
        expectIoctl(
                "@Ioctl(\"DRV_RUN\") int run(int a, int b);",
                "[KVM4J-016] the parameters of run: an ioctl has one argument at most");
    }

    @Test
    void flowNotStated() {
        expectIoctl(
                "@Ioctl(\"DRV_SET_REGION\") void setRegion(DrvRegion region);",
                "[KVM4J-016] the parameters of setRegion: say with @In, @Out or @InOut how struct drv_region flows");
    }

    @Test
    void argumentForgotten() {
        expectIoctl(
                "@Ioctl(\"DRV_SET_REGION\") void setRegion();",
                "[KVM4J-016] the parameters of setRegion: the macro says that it takes struct drv_region");
    }

    @Test
    void unsupportedParameter() {
        expectIoctl(
                "@Ioctl(\"DRV_RUN\") int run(String how);",
                "[KVM4J-016] the parameters of run: java.lang.String is neither int, long nor a generated struct");
    }

    @Test
    void allocatorWithoutGrowing() {
        expectIoctl(
                "@Ioctl(\"DRV_GET_LIST\") void getList(SegmentAllocator allocator);",
                "[KVM4J-016] the parameters of getList: only a @Growing or @SizedBy method takes an allocator");
    }

    @Test
    void growingWithoutAllocator() {
        expectIoctl(
                "@Growing @InOut @Ioctl(\"DRV_GET_LIST\") DrvList getList();",
                "[KVM4J-016] the parameters of getList: a @Growing method takes a SegmentAllocator");
    }

    @Test
    void returnsLong() {
        expectIoctl(
                "@Ioctl(\"DRV_VERSION\") long version();",
                "[KVM4J-017] version returns long: an ioctl returns int, or void if its result says nothing");
    }

    @Test
    void returnsErrnoOfVoid() {
        expectIoctl(
                "@ReturnsErrno @Ioctl(\"DRV_RUN\") void run();",
                "[KVM4J-017] run returns void: @ReturnsErrno methods return int");
    }

    @Test
    void growingReturnsVoid() {
        expectIoctl(
                "@Growing @InOut @Ioctl(\"DRV_GET_LIST\") void getList(SegmentAllocator allocator);",
                "[KVM4J-017] getList returns void: @Growing and @SizedBy methods return the struct that they allocate");
    }

    @Test
    void sizedReturnsVoid() {
        expectIoctl(
                "@SizedBy(\"DRV_CAP_LIST\") @InOut @Ioctl(\"DRV_GET_LIST\") void getList(SegmentAllocator allocator);",
                "[KVM4J-017] getList returns void: @Growing and @SizedBy methods return the struct that they allocate");
    }

    @Test
    void sizedWithoutAllocator() {
        expectIoctl(
                "@SizedBy(\"DRV_CAP_LIST\") @InOut @Ioctl(\"DRV_GET_LIST\") DrvList getList();",
                "[KVM4J-016] the parameters of getList: a @SizedBy method takes a SegmentAllocator");
    }

    @Test
    void sizedByUnknownCapability() {
        expectIoctl(
                "@SizedBy(\"DRV_CAP_LISP\") @InOut @Ioctl(\"DRV_GET_LIST\") DrvList list(SegmentAllocator a);",
                "[KVM4J-019] there is no capability DRV_CAP_LISP in the headers; did you mean DRV_CAP_LIST?");
    }

    @Test
    void sizedByUnknownField() {
        expectIoctl(
                "@SizedBy(value = \"DRV_CAP_LIST\", field = \"ment\") @InOut @Ioctl(\"DRV_GET_LIST\")"
                        + " DrvList list(SegmentAllocator a);",
                "[KVM4J-007] struct drv_list has no member ment; did you mean nent?");
    }

    @Test
    void scalarResultOfAnotherSize() {
        expectIoctl(
                "@Out @WrongMacro(\"x\") @Ioctl(\"DRV_SET_ADDR\") int addr();",
                "[KVM4J-012] the number of DRV_SET_ADDR says that its argument has 8 bytes, int has 4");
    }

    @Test
    void scalarResultThatIsNone() {
        expectIoctl(
                "@Out @WrongMacro(\"x\") @Ioctl(\"DRV_SET_ADDR\") void addr();",
                "[KVM4J-017] addr returns void: the kernel writes a scalar, which is the result");
    }

    @Test
    void scalarResultOfRequestWithoutScalar() {
        expectIoctl(
                "@Out @Ioctl(\"DRV_RUN\") int run();",
                "[KVM4J-016] the parameters of run: without a parameter, @Out needs a macro that names a scalar");
    }

    @Test
    void anyStructWhereTheMacroNamesOne() {
        expectIoctl(
                "@Ioctl(\"DRV_SET_REGION\") void setRegion(@In io.kvm4j.uapi.Struct region);",
                "[KVM4J-015] DRV_SET_REGION takes struct drv_region according to its macro, not just any struct");
    }

    @Test
    void anyStructWhereTheMacroNamesAScalar() {
        expectIoctl(
                "@Ioctl(\"DRV_OLD_REGION\") void old(@In io.kvm4j.uapi.Struct region);",
                "[KVM4J-015] DRV_OLD_REGION takes unsigned long according to its macro, not just any struct");
    }

    @Test
    void anyStructWithoutFlow() {
        expectIoctl(
                "@Ioctl(\"DRV_OLD_REGION\") void old(io.kvm4j.uapi.Struct region);",
                "[KVM4J-016] the parameters of old: say with @In, @Out or @InOut how the struct flows");
    }

    @Test
    void ioctlTwice() {
        JavaFileObject ioctls = spec(
                "DrvIoctls",
                "@Ioctls",
                "interface DrvIoctls {",
                "@Ioctl(\"DRV_RUN\") int run();",
                "@Ioctl(\"DRV_RUN\") int runAgain();",
                "}");
        expectOne(
                compileWithDriver(ioctls),
                "[KVM4J-018] DRV_RUN is the method run of this descriptor already",
                ioctls,
                "runAgain");
    }

    @Test
    void inheritedIoctlTwice() {
        JavaFileObject parent = spec("Parent", "@Ioctls", "interface Parent {", "@Ioctl(\"DRV_RUN\") int run();", "}");
        JavaFileObject child =
                spec("Child", "@Ioctls", "interface Child extends Parent {", "@Ioctl(\"DRV_RUN\") int again();", "}");
        expectOne(
                compile(driverPackage(), architecturePackage(), parent, child),
                "[KVM4J-018] DRV_RUN is the method run of this descriptor already",
                child,
                "again");
    }

    @Test
    void twoParents() {
        JavaFileObject one = spec("One", "@Ioctls", "interface One {", "@Ioctl(\"DRV_RUN\") int run();", "}");
        JavaFileObject two = spec("Two", "@Ioctls", "interface Two {", "@Ioctl(\"DRV_SPARE\") int spare();", "}");
        JavaFileObject both = spec("Both", "@Ioctls", "interface Both extends One, Two {}");
        expectOne(
                compile(driverPackage(), architecturePackage(), one, two, both),
                "[KVM4J-034] Both extends two descriptors, One and Two; a class can extend one only",
                both,
                "interface Both");
    }

    @Test
    void unknownCapability() {
        expectIoctl(
                "@Ioctl(value = \"DRV_RUN\", capability = \"DRV_CAP_LIS\") int run();",
                "[KVM4J-019] there is no capability DRV_CAP_LIS in the headers; did you mean DRV_CAP_LIST?");
    }

    @Test
    void unclaimedIoctl() {
        JavaFileObject drv = driverPackage(UNCLAIMED.replace("\"DRV_SPARE\", ", ""));
        Compilation c = compile(drv, architecturePackage());
        assertThat(c).succeeded();
        assertThat(c)
                .hadWarningContaining("[KVM4J-020] no spec claims the ioctl DRV_SPARE;"
                        + " add a method for it, or name it in @Unclaimed")
                .inFile(drv)
                .onLineContaining("@UapiPackage");
        assertThat(c).hadWarningCount(1);
    }

    @Test
    void emptyGroup() {
        JavaFileObject caps = spec("CapSpec", "@ValueEnum(prefix = \"DRV_CUP_\")", "interface CapSpec {}");
        expectOne(
                compileWithDriver(caps),
                "[KVM4J-021] no macro has the prefix DRV_CUP_; did you mean DRV_CAP_?",
                caps,
                "DRV_CUP_");
    }

    @Test
    void valueTwice() {
        JavaFileObject modes = spec("ModeSpec", "@ValueEnum(prefix = \"DRV_MODE_\")", "interface ModeSpec {}");
        expectOne(
                compileWithDriver(modes),
                "[KVM4J-022] DRV_MODE_DEFAULT and DRV_MODE_ON have the same value, 1; name one of them in except",
                modes,
                "DRV_MODE_");
    }

    @Test
    void flagTooWide() {
        JavaFileObject tags = spec(
                "TagSpec", "@FlagEnum(prefix = \"DRV_TAG_\", fields = \"drv_region.flags\")", "interface TagSpec {}");
        expectOne(
                compileWithDriver(tags),
                "[KVM4J-023] the flag DRV_TAG_LARGE, 0x10000000000, does not fit into the 32 bits of drv_region.flags",
                tags,
                "drv_region.flags");
    }

    @Test
    void flagsOverlap() {
        JavaFileObject mix = spec(
                "MixSpec", "@FlagEnum(prefix = \"DRV_MIX_\", fields = \"drv_region.flags\")", "interface MixSpec {}");
        expectOne(
                compileWithDriver(mix),
                "[KVM4J-024] the flags DRV_MIX_LOW and DRV_MIX_HIGH overlap; name one of them in except",
                mix,
                "DRV_MIX_");
    }

    @Test
    void flagsOfUnknownRecord() {
        JavaFileObject flags = spec(
                "FlagSpec",
                "@FlagEnum(prefix = \"DRV_REGION_\", fields = \"drv_regoin.flags\")",
                "interface FlagSpec {}");
        expectOne(
                compileWithDriver(flags),
                "[KVM4J-006] there is no struct or union drv_regoin in the headers; did you mean drv_region?",
                flags,
                "drv_regoin");
    }

    @Test
    void flagsOfUnknownField() {
        JavaFileObject flags = spec(
                "FlagSpec",
                "@FlagEnum(prefix = \"DRV_REGION_\", fields = \"drv_region.flag\")",
                "interface FlagSpec {}");
        expectOne(
                compileWithDriver(flags),
                "[KVM4J-007] drv_region has no member flag; did you mean flags?",
                flags,
                "drv_region.flag");
    }

    @Test
    void notAReason() {
        expectExits(
                "@Exit(value = \"DRV_EXIT_DEBUGG\", arm = \"debug\")",
                "[KVM4J-025] DRV_EXIT_DEBUGG is not one of the exit reasons of this spec;"
                        + " did you mean DRV_EXIT_DEBUG?");
    }

    @Test
    void reasonOfFamilyIsNoReason() {
        expectExits(
                "@ExitFamily(name = \"X\", reasons = \"DRV_EXIT_IOO\")",
                "[KVM4J-025] DRV_EXIT_IOO is not one of the exit reasons of this spec; did you mean DRV_EXIT_IO?");
    }

    @Test
    void unknownArm() {
        expectExits(
                "@Exit(value = \"DRV_EXIT_RESET\", arm = \"reset_flag\")",
                "[KVM4J-026] drv_run has no union arm reset_flag; did you mean reset_flags?");
    }

    @Test
    void fieldOutsideTheUnionIsNoArm() {
        expectExits(
                "@Exit(value = \"DRV_EXIT_RESET\", arm = \"exit_reason\")",
                "[KVM4J-026] drv_run has no union arm exit_reason");
    }

    @Test
    void twoFamilies() {
        JavaFileObject exits = spec(
                "DrvExitSpec",
                "@Exits(struct = \"drv_run\", prefix = \"DRV_EXIT_\", reasons = \"Reason\", families = {",
                "@ExitFamily(name = \"Arm\", prefix = \"DRV_EXIT_ARM_\"),",
                "@ExitFamily(name = \"Traps\", reasons = \"DRV_EXIT_ARM_TRAP\")})",
                "interface DrvExitSpec {}");
        expectOne(
                compileWithDriver(exits),
                "[KVM4J-027] DRV_EXIT_ARM_TRAP belongs to the family Arm already",
                exits,
                "name = \"Traps\"");
    }

    @Test
    void exitsOfUnknownRecord() {
        JavaFileObject exits = spec(
                "DrvExitSpec",
                "@Exits(struct = \"drv_ran\", prefix = \"DRV_EXIT_\", reasons = \"Reason\")",
                "interface DrvExitSpec {}");
        expectOne(
                compileWithDriver(exits),
                "[KVM4J-006] there is no struct or union drv_ran in the headers; did you mean drv_run?",
                exits,
                "drv_ran");
    }

    @Test
    void recordNotHere() {
        JavaFileObject exits = spec(
                "DrvExitSpec",
                "@Exits(struct = \"drv_run\", prefix = \"DRV_EXIT_\", reasons = \"Reason\")",
                "interface DrvExitSpec {}");
        expectOne(
                compile(architecturePackage(), exits),
                "[KVM4J-028] struct drv_run is not among the structs that this compilation generates;"
                        + " add its header to a @UapiPackage",
                exits,
                "drv_run");
    }

    @Test
    void growingWithoutCount() {
        expectIoctl(
                "@Growing @InOut @Ioctl(\"DRV_GET_PLAIN\") DrvPlain getPlain(SegmentAllocator allocator);",
                "[KVM4J-029] @Growing needs a struct with a flexible array and a @FlexibleArray that names its count;"
                        + " struct drv_plain has none");
    }

    @Test
    void unclaimedYetClaimed() {
        JavaFileObject drv = driverPackage(UNCLAIMED);
        JavaFileObject ioctls =
                spec("DrvIoctls", "@Ioctls", "interface DrvIoctls {", "@Ioctl(\"DRV_RUN\") int run();", "}");
        expectOne(
                compile(drv, architecturePackage(), ioctls),
                "[KVM4J-030] DRV_RUN is named as unclaimed, yet a spec claims it",
                drv,
                "DRV_RUN");
    }

    @Test
    void notAnInterface() {
        JavaFileObject caps = spec("CapSpec", "@ValueEnum(prefix = \"DRV_CAP_\")", "class CapSpec {}");
        expectOne(
                compileWithDriver(caps),
                "[KVM4J-031] CapSpec must be an interface to be annotated with @ValueEnum",
                caps,
                "class CapSpec");
    }

    private static JavaFileObject counted(String struct, String count) {
        return packageOf(
                "drv",
                "@UapiPackage(headers = \"linux/drv.h\", constants = \"C\", neutral = \"drv_run\", flexibleArrays = {",
                "@FlexibleArray(struct = \"drv_list\", count = \"nent\"),",
                "@FlexibleArray(struct = \"" + struct + "\", count = \"" + count + "\")})",
                UNCLAIMED);
    }

    @Test
    void valueTooWide() {
        JavaFileObject tags = spec("TagSpec", "@ValueEnum(prefix = \"DRV_TAG_\")", "interface TagSpec {}");
        expectOne(
                compileWithDriver(tags),
                "[KVM4J-032] the value of DRV_TAG_LARGE, 0x10000000000, does not fit into an int",
                tags,
                "DRV_TAG_");
    }

    @Test
    void methodThatIsNoIoctl() {
        JavaFileObject ioctls = spec(
                "DrvIoctls",
                "@Ioctls",
                "public interface DrvIoctls {",
                "@Ioctl(\"DRV_VERSION\") int version();",
                "int forgotten();",
                "default int twice() { return 2 * version(); }",
                "static int none() { return 0; }",
                "@Override String toString();",
                "@Override boolean equals(Object other);",
                "}");
        expectOne(
                compile(driverPackage(UNCLAIMED.replace("\"DRV_VERSION\", ", "")), architecturePackage(), ioctls),
                "[KVM4J-057] the method forgotten of DrvIoctls is no ioctl: annotate it with @Ioctl, or make it a default"
                        + " method",
                ioctls,
                "int forgotten()");
    }

    @Test
    void nameTaken() {
        JavaFileObject regions =
                spec("DrvRegionSpec", "@ValueEnum(prefix = \"DRV_REGION_\")", "interface DrvRegionSpec {}");
        expectOne(
                compileWithDriver(regions),
                "[KVM4J-033] class drv.DrvRegion cannot be generated, since there is one already",
                regions,
                "interface DrvRegionSpec");
    }

    @Test
    void fieldIsNoNumber() {
        expectFlags("fields = \"drv_run.io\"", "[KVM4J-051] drv_run.io cannot hold the numbers of an enum: struct io");
        expectFlags("fields = \"drv_run\"", "[KVM4J-051] drv_run cannot hold the numbers of an enum: struct drv_run");
        expectFlags(
                "fields = \"drv_region.flags.low\"",
                "[KVM4J-051] drv_region.flags.low cannot hold the numbers of an enum: __u32 flags has no members");
    }

    @Test
    void elementIsNoNumber() {
        expectFlags(
                "fields = \"drv_words.pair\"",
                "[KVM4J-051] drv_words.pair cannot hold the numbers of an enum: __u32 pair[2] is an array,"
                        + " whose element an index names");
        expectFlags(
                "fields = \"drv_words.pair[2]\"",
                "[KVM4J-051] drv_words.pair[2] cannot hold the numbers of an enum: __u32 pair[2] has no element 2");
        expectFlags("fields = \"drv_region.flags[0]\"", "[KVM4J-051] drv_region.flags[0] cannot hold");
    }

    @Test
    void flagsOfUnknownNestedField() {
        expectFlags("fields = \"drv_run.io.prot\"", "[KVM4J-007] io has no member prot; did you mean port?");
    }

    @Test
    void flagsOfRecordThatIsNotHere() {
        JavaFileObject flags = spec(
                "FlagSpec",
                "@FlagEnum(prefix = \"DRV_REGION_\", fields = \"drv_region.flags\")",
                "interface FlagSpec {}");
        expectOne(
                compile(architecturePackage(), flags),
                "[KVM4J-028] struct drv_region is not among the structs that this compilation generates",
                flags,
                "drv_region");
    }

    @Test
    void brokenPackageIsReportedOnce() {
        JavaFileObject drv = packageOf("drv", "@UapiPackage(headers = \"linux/dvr.h\", constants = \"C\")");
        Compilation c = compile(drv, architecturePackage(UNCLAIMED), Driver.flags());
        assertThat(c).hadErrorContaining("[KVM4J-004]");
        assertThat(c).hadErrorCount(1);
    }

    @Test
    void fieldBoundTwice() {
        expectSecond(
                "@FlagEnum(prefix = \"DRV_TAG_SMALL\", fields = \"drv_region.flags\")",
                "[KVM4J-041] drv_region.flags holds First already");
    }

    @Test
    void fieldBoundTwiceUnderOneCondition() {
        JavaFileObject first = spec(
                "FirstSpec",
                "@ValueEnum(prefix = \"DRV_CAP_\",",
                "tagged = @TaggedField(value = \"drv_region.slot\", when = \"it rains\"))",
                "interface FirstSpec {}");
        JavaFileObject second = tagged("it rains");
        expectOne(
                compile(driverPackage(UNCLAIMED), architecturePackage(), first, second),
                "[KVM4J-041] drv_region.slot holds First already",
                second,
                "DRV_KIND_DISK");
        assertThat(compile(driverPackage(UNCLAIMED), architecturePackage(), first, tagged("it shines")))
                .succeededWithoutWarnings();
    }

    @Test
    void fieldBoundTwiceByOneEnum() {
        JavaFileObject twice = spec(
                "TwiceSpec",
                "@ValueEnum(prefix = \"DRV_CAP_\",",
                "fields = {\"drv_region.flags\", \"drv_region.flags\"})",
                "interface TwiceSpec {}");
        expectOne(compileWithDriver(twice), "[KVM4J-041] drv_region.flags holds Twice already", twice, "DRV_CAP_");
    }

    @Test
    void macroInTwoEnums() {
        expectSecond(
                "@FlagEnum(macros = \"DRV_REGION_DIRTY\")",
                "[KVM4J-042] DRV_REGION_DIRTY is a constant of First already; name it in except of one of them");
    }

    @Test
    void valueBeyondField() {
        expectEnum(
                "@ValueEnum(macros = \"DRV_ROLE_HOST\", fields = \"drv_run.io.direction\")",
                "[KVM4J-043] the value of DRV_ROLE_HOST, 0x12c, does not fit into the 8 bits of drv_run.io.direction");
    }

    @Test
    void negativeValueBeyondField() {
        expectEnum(
                "@ValueEnum(macros = \"DRV_ROLE_GUEST\", fields = \"drv_region.slot\")",
                "[KVM4J-043] the value of DRV_ROLE_GUEST, 0x-2, does not fit into the 32 bits of drv_region.slot");
    }

    @Test
    void valueOutsideMask() {
        expectEnum(
                "@ValueEnum(prefix = \"DRV_ROLE_HOST\", fields = \"drv_region.slot\", mask = \"DRV_KIND_MASK\")",
                "[KVM4J-044] the value of DRV_ROLE_HOST, 0x12c, has bits outside DRV_KIND_MASK");
    }

    @Test
    void unknownMask() {
        expectEnum(
                "@ValueEnum(prefix = \"DRV_CAP_L\", fields = \"drv_region.slot\", mask = \"DRV_KIND_MAKS\")",
                "[KVM4J-009] there is no constant DRV_KIND_MAKS in the headers; did you mean DRV_KIND_MASK?");
    }

    @Test
    void unknownMacro() {
        expectEnum(
                "@ValueEnum(macros = \"DRV_CAP_LISP\")",
                "[KVM4J-009] there is no constant DRV_CAP_LISP in the headers; did you mean DRV_CAP_LIST?");
    }

    @Test
    void constantOfArchitectureInNeutralPackage() {
        expectEnum("@ValueEnum(prefix = \"DRV_MAGIC_\")", "[KVM4J-021] no macro has the prefix DRV_MAGIC_");
    }

    @Test
    void flagIsZero() {
        expectEnum(
                "@FlagEnum(prefix = \"DRV_MODE_\", except = \"DRV_MODE_DEFAULT\")",
                "[KVM4J-045] the flag DRV_MODE_OFF is 0, which is no bit;"
                        + " name it in except, or make it a @ValueEnum");
    }

    @Test
    void numberOfBitTooLarge() {
        expectEnum(
                "@FlagEnum(macros = \"DRV_BIT_LAST\", numbered = true, fields = \"drv_region.flags\")",
                "[KVM4J-023] the flag DRV_BIT_LAST, 0x8000000000000000, does not fit into the 32 bits of");
    }

    @Test
    void argumentIsNoNumberOfAnEnum() {
        expectEnum(
                "@ValueEnum(prefix = \"DRV_CAP_\", arguments = \"DRV_SET_REGION\")",
                "[KVM4J-046] the argument of DRV_SET_REGION is no number but struct drv_region;"
                        + " name a field of it instead");
    }

    @Test
    void argumentOfUnknownIoctl() {
        expectEnum(
                "@ValueEnum(prefix = \"DRV_CAP_\", arguments = \"DRV_SPARES\")",
                "[KVM4J-011] there is no ioctl DRV_SPARES in the headers; did you mean DRV_SPARE?");
    }

    @Test
    void noTypedMethod() {
        JavaFileObject caps =
                spec("CapSpec", "@ValueEnum(prefix = \"DRV_CAP_\", arguments = \"DRV_SPARE\")", "interface CapSpec {}");
        JavaFileObject ioctls = spec(
                "DrvIoctls", "@Ioctls", "interface DrvIoctls {", "@Ioctl(\"DRV_SPARE\") void spare(long value);", "}");
        expectOne(
                compile(driverPackage(), architecturePackage(), caps, ioctls),
                "[KVM4J-047] DRV_SPARE is said to take Cap, yet no interface of ioctls has a method spare that does",
                caps,
                "DRV_CAP_");
    }

    @Test
    void plainMatchesNothing() {
        expectPlain(
                "@Plain(prefixes = \"DRV_MOOD_\", reason = \"test\")",
                "[KVM4J-048] no constant of this package is plain by the name of DRV_MOOD_");
        expectPlain(
                "@Plain(constants = \"DRV_MAXX\", reason = \"test\")",
                "[KVM4J-048] no constant of this package is plain by the name of DRV_MAXX; did you mean DRV_MAX?");
    }

    @Test
    void plainYetEnum() {
        expectPlain(
                "@Plain(constants = \"DRV_CAP_LIST\", reason = \"test\")",
                "[KVM4J-049] DRV_CAP_LIST is named as plain, yet it is a constant of Cap");
    }

    @Test
    void unclassified() {
        JavaFileObject drv = packageOf(
                "drv",
                "@UapiPackage(headers = \"linux/drv.h\", constants = \"C\", neutral = \"drv_run\")",
                "@PlainConstants(@Plain(reason = \"all but two\", prefixes = {\"DRV_BIT_\", \"DRV_EXIT_\", \"DRV_IRQ_\",",
                "\"DRV_KIND_\", \"DRV_MAX\", \"DRV_MIX_\", \"DRV_MODE_\", \"DRV_NEGATIVE\", \"DRV_ROLE_\", \"DRV_TAG_\"}))",
                UNCLAIMED);
        Compilation c = compile(
                drv,
                architecturePackage(),
                spec("CapSpec", "@ValueEnum(prefix = \"DRV_CAP_\")", "interface CapSpec {}"));
        assertThat(c)
                .hadWarningContaining("[KVM4J-050] no enum has the constant DRV_REGION_DIRTY;"
                        + " bind it with one, or name it in @PlainConstants")
                .inFile(drv)
                .onLineContaining("@UapiPackage");
        assertThat(c).hadWarningCount(2);
        assertThat(c).succeeded();
    }

    private static JavaFileObject tagged(String when) {
        return spec(
                "SecondSpec",
                "@ValueEnum(prefix = \"DRV_KIND_DISK\",",
                "tagged = @TaggedField(value = \"drv_region.slot\", when = \"" + when + "\"))",
                "interface SecondSpec {}");
    }

    private static void expectFlags(String holders, String message) {
        JavaFileObject flags =
                spec("FlagSpec", "@FlagEnum(prefix = \"DRV_REGION_\",", holders + ")", "interface FlagSpec {}");
        expectOne(compileWithDriver(flags), message, flags, holders);
    }

    private static void expectEnum(String annotation, String message) {
        JavaFileObject spec = spec("SomeSpec", annotation, "interface SomeSpec {}");
        expectOne(compileWithDriver(spec), message, spec, annotation);
    }

    /** Compiles an enum after one of the regions' flags. */
    private static void expectSecond(String annotation, String message) {
        JavaFileObject first = spec(
                "FirstSpec",
                "@FlagEnum(prefix = \"DRV_REGION_\", fields = \"drv_region.flags\")",
                "interface FirstSpec {}");
        JavaFileObject second = spec("SecondSpec", annotation, "interface SecondSpec {}");
        expectOne(compile(driverPackage(UNCLAIMED), architecturePackage(), first, second), message, second, annotation);
    }

    @Test
    void exitHidesJavaLang() {
        expectExits(
                "@Exit(value = \"DRV_EXIT_IO\", type = \"Exception\")",
                "[KVM4J-054] a type Exception would hide java.lang.Exception from code that imports it;"
                        + " give it another name");
    }

    @Test
    void familyHidesJavaLang() {
        expectExits(
                "@ExitFamily(name = \"Process\", reasons = \"DRV_EXIT_IO\")",
                "[KVM4J-054] a type Process would hide java.lang.Process from code that imports it;"
                        + " give it another name");
    }

    @Test
    void reasonsHideJavaLang() {
        JavaFileObject exits = spec(
                "DrvExitSpec",
                "@Exits(struct = \"drv_run\", prefix = \"DRV_EXIT_\", reasons = \"Error\")",
                "interface DrvExitSpec {}");
        expectOne(
                compileWithDriver(exits),
                "[KVM4J-054] a type Error would hide java.lang.Error from code that imports it; give it another name",
                exits,
                "reasons = \"Error\"");
    }

    @Test
    void enumHidesJavaLang() {
        JavaFileObject caps = spec("RecordSpec", "@ValueEnum(prefix = \"DRV_CAP_\")", "interface RecordSpec {}");
        expectOne(
                compileWithDriver(caps),
                "[KVM4J-054] a type Record would hide java.lang.Record from code that imports it; give it another name",
                caps,
                "interface RecordSpec");
    }

    @Test
    void constantsHideJavaLang() {
        JavaFileObject drv =
                packageOf("drv", "@UapiPackage(headers = \"linux/drv.h\", constants = \"System\")", UNCLAIMED);
        expectOne(
                compile(drv),
                "[KVM4J-054] a type System would hide java.lang.System from code that imports it; give it another name",
                drv,
                "constants = \"System\"");
    }

    /** Compiles a list of plain constants that is right but for one entry. */
    private static void expectPlain(String entry, String message) {
        JavaFileObject plain = spec(
                "Plain2",
                "@PlainConstants({",
                "@Plain(reason = \"all others\", prefixes = \"DRV_\"),",
                entry + "})",
                "interface Plain2 {}");
        JavaFileObject caps = spec("CapSpec", "@ValueEnum(prefix = \"DRV_CAP_\")", "interface CapSpec {}");
        expectOne(compile(driverPackage(UNCLAIMED), architecturePackage(), plain, caps), message, plain, entry);
    }

    private static void expectIoctl(String method, String message) {
        JavaFileObject ioctls = spec("DrvIoctls", "@Ioctls", "interface DrvIoctls {", method, "}");
        expectOne(compileWithDriver(ioctls), message, ioctls, method);
    }

    /** Puts an annotation behind another one, so that it counts which of them the message points at. */
    private static void expectExits(String annotation, String message) {
        boolean family = annotation.startsWith("@ExitFamily");
        String member = family ? "families" : "exits";
        String first = family
                ? "@ExitFamily(name = \"Arm\", prefix = \"DRV_EXIT_ARM_\")"
                : "@Exit(value = \"DRV_EXIT_UNKNOWN\", arm = \"hw\")";
        JavaFileObject exits = spec(
                "DrvExitSpec",
                "@Exits(struct = \"drv_run\", prefix = \"DRV_EXIT_\", reasons = \"Reason\", " + member + " = {",
                first + ",",
                annotation,
                "})",
                "interface DrvExitSpec {}");
        expectOne(compileWithDriver(exits), message, exits, annotation);
    }

    private static Compilation compileWithDriver(JavaFileObject spec) {
        return compile(driverPackage(), architecturePackage(), spec);
    }

    private static void expectOne(Compilation c, String message, JavaFileObject file, String line) {
        assertThat(c).hadErrorContaining(message).inFile(file).onLineContaining(line);
        assertThat(c).hadErrorCount(1);
    }
}
