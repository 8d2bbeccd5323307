/**
 * Connections whose ends know each other. A {@link io.kvm4j.channel.Transport} says how two ends meet and why they trust
 * each other: a Unix socket ({@link io.kvm4j.channel.UnixSocket}), mutual TLS 1.3 over TCP
 * ({@link io.kvm4j.channel.MutualTls}), or TCP in clear text ({@link io.kvm4j.channel.ClearTcp}), which is for the loopback
 * interface. Migrations and page servers use the same transports.
 */
@NullMarked
package io.kvm4j.channel;

import org.jspecify.annotations.NullMarked;
