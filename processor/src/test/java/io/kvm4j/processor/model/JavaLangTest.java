package io.kvm4j.processor.model;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.lang.reflect.Modifier;
import java.net.URI;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class JavaLangTest {
    @Test
    void everyPublicTypeOfThisJdkIsHidden() throws IOException {
        Path lang = FileSystems.getFileSystem(URI.create("jrt:/")).getPath("modules/java.base/java/lang");
        try (Stream<Path> files = Files.list(lang)) {
            List<String> missing = files.map(p -> p.getFileName().toString())
                    .filter(name -> name.endsWith(".class") && !name.contains("$") && !name.contains("-"))
                    .map(name -> name.substring(0, name.length() - ".class".length()))
                    .filter(JavaLangTest::isPublic)
                    .filter(name -> !JavaLang.isHiddenBy(name))
                    .toList();
            assertEquals(List.of(), missing, "add these to JavaLang");
        }
    }

    @Test
    void otherNamesAreFree() {
        assertTrue(JavaLang.isHiddenBy("InternalError"));
        assertFalse(JavaLang.isHiddenBy("InternalFailure"));
        assertFalse(JavaLang.isHiddenBy(""));
    }

    private static boolean isPublic(String name) {
        try {
            return Modifier.isPublic(
                    Class.forName("java.lang." + name, false, null).getModifiers());
        } catch (ClassNotFoundException e) {
            throw new IllegalStateException(e);
        }
    }
}
