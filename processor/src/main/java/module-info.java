/** The annotations that specs are written with, and the processor that turns specs and a snapshot into bindings. */
module io.kvm4j.processor {
    requires static com.google.auto.service;
    requires static org.jspecify;
    requires com.palantir.javapoet;
    requires io.kvm4j.snapshot;
    requires java.compiler;

    exports io.kvm4j.processor.annotations;

    provides javax.annotation.processing.Processor with
            io.kvm4j.processor.UapiProcessor;
}
