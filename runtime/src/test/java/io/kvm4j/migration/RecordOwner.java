package io.kvm4j.migration;

import java.io.IOException;
import java.nio.file.Path;

/** Opens a record in a process of its own, and hands its guest over, once. */
final class RecordOwner {
    private RecordOwner() {}

    /**
     * Opens a record and tells what happened.
     *
     * @param arguments the directory
     */
    public static void main(String[] arguments) {
        MoveAttempt attempt = new MoveAttempt(0x1234, 0x5678);
        try (HandOverRecord record = HandOverRecord.open(Path.of(arguments[0]))) {
            if (!record.isHandedOver()) {
                record.prepare(attempt);
                record.commit(attempt);
            }
            System.out.println("opened");
        } catch (IOException e) {
            System.out.println("refused: " + e.getMessage());
        }
    }
}
