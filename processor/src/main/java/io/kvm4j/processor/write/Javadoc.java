package io.kvm4j.processor.write;

import com.palantir.javapoet.CodeBlock;
import io.kvm4j.processor.model.CommentText;
import io.kvm4j.processor.model.View;
import java.util.List;

/** Sentences of Javadoc that carry C declarations. */
final class Javadoc {
    private Javadoc() {}

    /** A C declaration of several lines. */
    static CodeBlock declaration(List<String> lines) {
        return CodeBlock.of("<pre>{@code\n$L\n}</pre>", String.join("\n", lines));
    }

    /** What a view is of, with its declaration. */
    static CodeBlock view(View view) {
        return CodeBlock.of(
                "A view of {@code $L $L}, $L bytes, from {@code $L}.\n\n$L\n",
                view.kind().keyword(),
                CommentText.of(view.cName()),
                view.size(),
                CommentText.of(view.header()),
                declaration(view.declaration()));
    }

    /** A member's declaration and place. */
    static CodeBlock member(String declaration, long offset) {
        return CodeBlock.of("{@code $L}, at byte $L", declaration, offset);
    }
}
