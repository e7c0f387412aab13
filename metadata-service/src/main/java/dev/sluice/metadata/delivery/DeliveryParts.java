package dev.sluice.metadata.delivery;

import dev.sluice.metadata.db.Row;
import dev.sluice.metadata.db.Transaction;
import dev.sluice.metadata.http.JsonIo;
import jakarta.json.JsonArray;
import jakarta.json.JsonArrayBuilder;
import jakarta.json.JsonObject;
import java.sql.SQLException;

/** What {@code upload.json} shows of an upload's callbacks. */
public final class DeliveryParts {
    private DeliveryParts() {}

    public static JsonArray deliveries(Transaction tx, String uploadId) {
        JsonArrayBuilder array = JsonIo.array();
        tx.list("select * from deliveries where upload_id = ? order by id", DeliveryParts::delivery, uploadId)
                .forEach(array::add);
        return array.build();
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
