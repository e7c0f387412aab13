package dev.sluice.metadata.delivery;

import dev.sluice.metadata.db.Row;
import dev.sluice.metadata.db.Transaction;
import dev.sluice.metadata.http.JsonIo;
import jakarta.json.JsonArray;
import jakarta.json.JsonArrayBuilder;
import jakarta.json.JsonObject;
import java.sql.SQLException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** What {@code upload.json} shows of an upload's callbacks. */
public final class DeliveryParts {
    private static final String OF_UPLOADS = "select * from deliveries where upload_id in (%s) order by id";

    private DeliveryParts() {}

    /** The arrays {@code deliveries} by upload id; uploads without callbacks are left out. */
    public static Map<String, JsonArray> of(Transaction tx, List<String> uploadIds) {
        Map<String, JsonArrayBuilder> arrays = new HashMap<>();
        tx.listIn(
                OF_UPLOADS,
                row -> arrays.computeIfAbsent(row.text("upload_id"), id -> JsonIo.array())
                        .add(delivery(row)),
                uploadIds);
        Map<String, JsonArray> deliveries = new HashMap<>();
        arrays.forEach((id, array) -> deliveries.put(id, array.build()));
        return deliveries;
    }

    private static JsonObject delivery(Row row) throws SQLException {
        return JsonIo.object()
                .add("delivery_id", row.text("id"))
                .add("event", row.text("event"))
                .add("state", row.text("state"))
                .add("attempts", row.integer("attempts"))
                .add("delivered_at", JsonIo.time(row.maybeNumber("delivered_at")))
                .add("last_error", JsonIo.text(row.maybeText("last_error")))
                .build();
    }
}
