package io.kvm4j.processor;

import static com.google.common.truth.Truth.assertThat;
import static com.google.testing.compile.CompilationSubject.assertThat;
import static io.kvm4j.processor.SpecCompiler.spec;

import com.google.testing.compile.Compilation;
import io.kvm4j.snapshot.BitRange;
import io.kvm4j.snapshot.Constant;
import io.kvm4j.snapshot.Member;
import io.kvm4j.snapshot.MemberType;
import io.kvm4j.snapshot.RecordType;
import io.kvm4j.snapshot.Snapshot;
import io.kvm4j.snapshot.SnapshotJson;
import java.io.IOException;
import java.math.BigInteger;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import javax.tools.JavaFileObject;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What becomes of specs when the headers are older than those that they were written for, or somebody else's. */
class OtherHeadersTest {
    private static final String ADDED = "Not in the headers of old: declared as in those of test-driver.";

    @TempDir
    Path folder;

    @Test
    void whatTheHeadersLackIsAsInThoseOfTheSpecs() throws IOException {
        Compilation c = compile(old("DRV_CAP_REGION2", "DRV_SET_REGION", "DRV_EXIT_RESET", "drv_tables"));
        assertThat(c).succeededWithoutWarnings();
        assertThat(c)
                .hadNoteContaining(
                        "[KVM4J-052] header set old lacks 4 declarations that the specs may name: they are as"
                                + " in test-driver, and their Javadoc says so");
        assertThat(source(c, "DrvConstants")).contains("{@code DRV_CAP_REGION2}, int in C. " + ADDED);
        assertThat(source(c, "DrvConstants")).contains("{@code DRV_CAP_LIST}, int in C.\n");
        assertThat(source(c, "DrvTables")).contains("<p>" + ADDED);
        assertThat(source(c, "DrvTables")).contains("from the headers of old for x86_64");
        assertThat(source(c, "DrvList")).doesNotContain(ADDED);
        assertThat(source(c, "DrvIoctlsOverFd")).contains("DrvConstants.DRV_SET_REGION");
        assertThat(source(c, "DrvExit")).contains("final class Reset");
    }

    @Test
    void withoutTheSpecsHeadersTheyAreRefused() throws IOException {
        Compilation c = SpecCompiler.compile(List.of("-Akvm4j.snapshot=" + write(old("DRV_EXIT_RESET"))), specs());
        assertThat(c).hadErrorContaining("[KVM4J-025] DRV_EXIT_RESET is not one of the exit reasons of this spec");
    }

    @Test
    void armThatTheHeadersLackIsAdded() throws IOException {
        Compilation c = compile(withArms(arm -> arm.name().equals("debug") ? Stream.of() : Stream.of(arm)));
        assertThat(c).succeededWithoutWarnings();
        assertThat(source(c, "DrvRun"))
                .contains("<p>With members that are not in the headers of old, but in those of test-driver.");
        assertThat(source(c, "DrvExit")).contains("DrvRun.Debug");
    }

    @Test
    void armOfTheirOwnStaysBesideThoseOfTheSpecs() throws IOException {
        Compilation c = compile(withArms(arm -> switch (arm.name()) {
            case "debug" -> Stream.of();
            case "hw" -> Stream.of(arm, vendorArm());
            default -> Stream.of(arm);
        }));
        assertThat(c).succeeded();
        assertThat(c).hadWarningContaining("[KVM4J-039] no exit reads the arm vendor of drv_run");
        assertThat(c).hadWarningCount(1);
        assertThat(source(c, "DrvRun")).contains("public long vendor()");
        assertThat(source(c, "DrvRun")).contains("public Debug debug()");
    }

    @Test
    void numberThatTheHeadersUseForAnotherKeepsItsName() throws IOException {
        Compilation c = compile(with(old("DRV_CAP_REGION2"), "DRV_CAP_OWN", 7));
        assertThat(c).succeeded();
        assertThat(c)
                .hadWarningContaining(
                        "[KVM4J-053] this enum is without DRV_CAP_REGION2, since DRV_CAP_OWN has the same" + " number");
        assertThat(c).hadWarningCount(1);
        assertThat(source(c, "DrvCap")).contains("DRV_CAP_OWN");
        assertThat(source(c, "DrvCap")).doesNotContain("DRV_CAP_REGION2");
    }

    @Test
    void exitWhoseNumberTheHeadersUseForAnotherIsNone() throws IOException {
        Compilation c = compile(with(old("DRV_EXIT_RESET"), "DRV_EXIT_OWN", 3));
        assertThat(c).succeeded();
        assertThat(c).hadWarningContaining("[KVM4J-053] this enum is without DRV_EXIT_RESET");
        assertThat(c).hadWarningContaining("[KVM4J-039] no exit reads the arm reset_flags");
        assertThat(c).hadWarningCount(2);
        assertThat(source(c, "DrvExit")).contains("final class Own");
        assertThat(source(c, "DrvExit")).doesNotContain("final class Reset");
    }

    @Test
    void maskThatTheSpecsDoNotKnowIsNoFlag() throws IOException {
        Compilation c = compile(with(old(), "DRV_REGION_ALL", 3));
        assertThat(c).succeeded();
        assertThat(c)
                .hadWarningContaining(
                        "[KVM4J-053] this enum is without DRV_REGION_ALL, since DRV_REGION_DIRTY has some of the same bits");
        assertThat(c).hadWarningCount(1);
    }

    @Test
    void declarationThatMovedIsWhereTheSpecsExpectIt() throws IOException {
        Compilation c = compile(with(old("DRV_MAGIC_REG"), "DRV_MAGIC_REG", 78));
        assertThat(c).succeededWithoutWarnings();
        assertThat(source(c, "x86.DrvX86Constants")).contains("DRV_MAGIC_REG = 78;");
        assertThat(source(c, "DrvConstants")).doesNotContain("DRV_MAGIC_REG");
    }

    @Test
    void flagThatTheSpecsDoNotKnowIsOne() throws IOException {
        Compilation c = compile(with(old(), "DRV_REGION_FROZEN", 4));
        assertThat(c).succeededWithoutWarnings();
        assertThat(source(c, "RegionFlag")).contains("DRV_REGION_FROZEN");
    }

    @Test
    void ioctlWhoseArgumentIsOfAnotherSizeIsNotAdded() throws IOException {
        Snapshot old = old("DRV_SET_REGION", "DRV_WAKE", "drv_region", "drv_list");
        RecordType region = specHeaders().record("drv_region").orElseThrow();
        List<RecordType> records = Stream.concat(
                        old.records().stream(),
                        Stream.of(
                                new RecordType(region.name(), region.kind(), region.header(), 24, 8, region.members())))
                .toList();
        Compilation c = compile(new Snapshot(
                "old", old.architecture(), old.headers(), records, old.constants(), old.ioctls(), List.of()));
        assertThat(c).hadErrorContaining("[KVM4J-011] there is no ioctl DRV_SET_REGION in the headers");
        assertThat(c).hadErrorContaining("[KVM4J-011] there is no ioctl DRV_WAKE in the headers");
        assertThat(c).hadErrorContaining("[KVM4J-006] there is no struct or union drv_list in the headers");
    }

    @Test
    void headersOfTheSpecsAreNotCompleted() {
        Compilation c = SpecCompiler.compile(
                List.of("-Akvm4j.snapshot=" + SpecCompiler.SNAPSHOT, "-Akvm4j.specs.snapshot=" + SpecCompiler.SNAPSHOT),
                specs());
        assertThat(c).succeededWithoutWarnings();
        assertThat(c.notes().toString()).doesNotContain("KVM4J-052");
    }

    private Compilation compile(Snapshot headers) throws IOException {
        return SpecCompiler.compile(
                List.of("-Akvm4j.snapshot=" + write(headers), "-Akvm4j.specs.snapshot=" + SpecCompiler.SNAPSHOT),
                specs());
    }

    private static JavaFileObject[] specs() {
        return Stream.concat(Stream.of(Driver.specs()), Stream.of(spec("Uses", "class Uses { DrvIoctls i; }")))
                .toArray(JavaFileObject[]::new);
    }

    private Path write(Snapshot headers) throws IOException {
        return Files.writeString(folder.resolve("old.json"), SnapshotJson.write(headers));
    }

    private static Snapshot specHeaders() throws IOException {
        return SnapshotJson.read(SpecCompiler.SNAPSHOT);
    }

    /** The driver's headers without some declarations. */
    private static Snapshot old(String... names) throws IOException {
        Snapshot s = specHeaders();
        Set<String> without = Set.of(names);
        return new Snapshot(
                "old",
                s.architecture(),
                s.headers(),
                s.records().stream().filter(r -> !without.contains(r.name())).toList(),
                s.constants().stream().filter(c -> !without.contains(c.name())).toList(),
                s.ioctls().stream().filter(i -> !without.contains(i.name())).toList(),
                List.of());
    }

    private static Snapshot with(Snapshot s, String name, int value) {
        Constant constant = new Constant(name, "linux/drv.h", BigInteger.valueOf(value), 4, true);
        return new Snapshot(
                s.headerSet(),
                s.architecture(),
                s.headers(),
                s.records(),
                Stream.concat(s.constants().stream(), Stream.of(constant)).toList(),
                s.ioctls(),
                s.unavailableIoctls());
    }

    /** The driver's headers with other arms in the union of drv_run. */
    private static Snapshot withArms(Function<Member, Stream<Member>> arms) throws IOException {
        Snapshot s = old();
        UnaryOperator<Member> union = m -> m.type() instanceof MemberType.Inline u && m.isAnonymous()
                ? new Member(
                        m.name(),
                        new MemberType.Inline(
                                u.kind(),
                                u.size(),
                                u.alignment(),
                                u.members().stream().flatMap(arms).toList()),
                        m.offset(),
                        m.size(),
                        m.dimensions(),
                        m.bits())
                : m;
        List<RecordType> records = s.records().stream()
                .map(r -> r.name().equals("drv_run")
                        ? new RecordType(
                                r.name(),
                                r.kind(),
                                r.header(),
                                r.size(),
                                r.alignment(),
                                r.members().stream().map(union).toList())
                        : r)
                .toList();
        return new Snapshot("old", s.architecture(), s.headers(), records, s.constants(), s.ioctls(), List.of());
    }

    private static Member vendorArm() {
        return new Member("vendor", new MemberType.Integer("__u64", 8, false), 0, 8, List.of(), BitRange.NONE);
    }

    private static String source(Compilation c, String name) throws IOException {
        return c.generatedSourceFile("drv." + name)
                .orElseThrow()
                .getCharContent(false)
                .toString();
    }
}
