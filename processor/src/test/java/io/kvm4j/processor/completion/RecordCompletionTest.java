package io.kvm4j.processor.completion;

import static com.google.common.truth.Truth.assertThat;

import io.kvm4j.snapshot.BitRange;
import io.kvm4j.snapshot.Member;
import io.kvm4j.snapshot.MemberType;
import io.kvm4j.snapshot.RecordKind;
import io.kvm4j.snapshot.RecordType;
import java.util.List;
import org.junit.jupiter.api.Test;

class RecordCompletionTest {
    @Test
    void paddingThatBecameMembersGivesWay() {
        RecordType own = struct(16, number("flags", 0, 8), number("pad", 8, 8));
        RecordType other = struct(16, number("flags", 0, 8), number("data", 8, 4), number("reserved", 12, 4));
        assertThat(RecordCompletion.complete(own, other)).isEqualTo(other);
    }

    @Test
    void memberAtAnotherPlaceKeepsTheRecordAsItIs() {
        RecordType own = struct(16, number("flags", 0, 8), number("data", 8, 8));
        RecordType other = struct(16, number("data", 0, 8), number("flags", 8, 8));
        assertThat(RecordCompletion.complete(own, other)).isEqualTo(own);
    }

    @Test
    void memberOfAnotherTypeKeepsTheRecordAsItIs() {
        RecordType own = struct(16, number("flags", 0, 4), number("pad", 4, 12));
        RecordType other = struct(16, number("flags", 0, 8), number("data", 8, 8));
        assertThat(RecordCompletion.complete(own, other)).isEqualTo(own);
    }

    @Test
    void largerRecordIsAnotherOne() {
        RecordType own = struct(8, number("flags", 0, 8));
        RecordType other = struct(16, number("flags", 0, 8), number("data", 8, 8));
        assertThat(RecordCompletion.complete(own, other)).isEqualTo(own);
    }

    @Test
    void anonymousUnionInPlaceOfAMemberExtendsIt() {
        RecordType own = struct(16, number("args", 0, 8), number("longmode", 8, 4), number("pad", 12, 4));
        RecordType other =
                struct(16, number("args", 0, 8), union(8, 8, number("longmode", 0, 4), number("flags", 0, 8)));
        assertThat(RecordCompletion.complete(own, other)).isEqualTo(other);
    }

    @Test
    void armsOfBothAreThereAndOneThatHasNoRoomIsNot() {
        RecordType own = struct(16, union(0, 16, number("both", 0, 8), number("mine", 0, 8)));
        RecordType other =
                struct(16, union(0, 16, number("both", 0, 8), number("theirs", 8, 8), number("large", 8, 16)));
        RecordType expected =
                struct(16, union(0, 16, number("both", 0, 8), number("mine", 0, 8), number("theirs", 8, 8)));
        assertThat(RecordCompletion.complete(own, other)).isEqualTo(expected);
    }

    private static RecordType struct(long size, Member... members) {
        return new RecordType("rec", RecordKind.STRUCT, "linux/rec.h", size, 8, List.of(members));
    }

    private static Member number(String name, long offset, long size) {
        return new Member(
                name, new MemberType.Integer("__u" + size * 8, size, false), offset, size, List.of(), BitRange.NONE);
    }

    private static Member union(long offset, long size, Member... members) {
        return new Member(
                "",
                new MemberType.Inline(RecordKind.UNION, size, 8, List.of(members)),
                offset,
                size,
                List.of(),
                BitRange.NONE);
    }
}
