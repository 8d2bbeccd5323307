package io.kvm4j.ioctls;

import java.lang.reflect.Method;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.InvocationInterceptor;
import org.junit.jupiter.api.extension.ReflectiveInvocationContext;

/** A test that has the name of an ioctl method fails unless it calls it. */
final class CallsItsNamesake implements InvocationInterceptor {
    @Override
    public void interceptTestMethod(
            Invocation<Void> invocation, ReflectiveInvocationContext<Method> test, ExtensionContext context)
            throws Throwable {
        invocation.proceed();
        String name = test.getExecutable().getName();
        Recorder recorder = ((RecordedTest) context.getRequiredTestInstance()).recorder;
        if (recorder.knows(name) && !recorder.wasCalled(name)) {
            throw new AssertionError("the test " + name + " does not call the ioctl of its name");
        }
    }
}
