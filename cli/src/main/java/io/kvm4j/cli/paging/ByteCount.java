package io.kvm4j.cli.paging;

import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** Reads a number of bytes: 4096, 64K, 16M, 1G. */
final class ByteCount implements ITypeConverter<Long> {
    private static final Pattern FORM = Pattern.compile("([0-9]{1,12})([KMGkmg]?)");
    private static final int BITS_PER_STEP = 10;

    /** Made by picocli. */
    ByteCount() {}

    @Override
    public Long convert(String text) {
        Matcher form = FORM.matcher(text);
        if (!form.matches()) {
            throw new TypeConversionException("'" + text + "' is no number of bytes: write it as 4096, 64K, 16M or 1G");
        }
        int steps = " KMG".indexOf(form.group(2).isEmpty() ? " " : form.group(2).toUpperCase(Locale.ROOT));
        return Long.parseLong(form.group(1)) << (steps * BITS_PER_STEP);
    }
}
