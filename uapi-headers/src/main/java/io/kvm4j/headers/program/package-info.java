/** What the project's command lines have in common: colours, usage errors, and output that notices when it is lost. */
@NullMarked
package io.kvm4j.headers.program;

import org.jspecify.annotations.NullMarked;
