package io.kvm4j.fault;

import java.util.SequencedMap;

/**
 * What a pager has done so far.
 *
 * @param total all of it
 * @param byThread the same by whoever did it: each reader, each vCPU, the background stream; threads of one name together
 */
public record PagerFigures(FaultFigures total, SequencedMap<String, FaultFigures> byThread) {}
