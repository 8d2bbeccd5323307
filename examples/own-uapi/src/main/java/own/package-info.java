/** Bindings of vhost and of the kernel's random numbers. */
@UapiPackage(
        headers = {"linux/vhost.h", "linux/random.h"},
        constants = "OwnConstants")
package own;

import io.kvm4j.processor.annotations.UapiPackage;
