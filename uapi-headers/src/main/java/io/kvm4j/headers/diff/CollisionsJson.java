package io.kvm4j.headers.diff;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;

/** The collisions of proposals as JSON, for programs. */
public final class CollisionsJson {
    private CollisionsJson() {}

    /** An array with an object for each proposal on each of its architectures. */
    public static String of(List<ProposalCollisions> all) {
        ObjectMapper mapper = new ObjectMapper();
        ArrayNode proposals = mapper.createArrayNode();
        for (ProposalCollisions one : all) {
            ObjectNode proposal = proposals
                    .addObject()
                    .put("proposal", one.proposal().headerSet())
                    .put("architecture", one.proposal().architecture())
                    .put("mainline", one.mainline().headerSet());
            ArrayNode collisions = proposal.putArray("collisions");
            for (ProposalCollisions.Collision collision : one.collisions()) {
                collisions
                        .addObject()
                        .put("kind", collision.kind().label())
                        .put("name", collision.name())
                        .put("value", collision.value())
                        .put("mainlineName", collision.mainlineName())
                        .put("mainlineValue", collision.mainlineValue());
            }
        }
        try {
            return mapper.writerWithDefaultPrettyPrinter().writeValueAsString(proposals);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("a tree of numbers and strings is always JSON", e);
        }
    }
}
