package io.kvm4j.processor.model;

/**
 * Accessors of an enum's type beside the plain ones of a field.
 *
 * @param enumType the enum
 * @param holder the field as the enum knows it
 * @param reader the name of the method that reads it
 */
public record TypedAccess(EnumType enumType, Holder holder, String reader) {}
