package dev.sluice.gateway.upload;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.gateway.metadata.Progress;
import java.io.ByteArrayInputStream;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;

class OpenUploadsTest {
    private final OpenUploads uploads = new OpenUploads(1, 1, new Shares(100, 100, 100));

    @Test
    void keepsTheCountButNotTheBodyWhileAReportIsOwed() throws RefusedException {
        OpenUpload upload = uploads.open("127.0.0.1");
        ReceivedBody body = new ReceivedBody(
                new ByteArrayInputStream(new byte[1000]),
                new ReceivedBody.Bounds(OptionalLong.empty(), 1000, false),
                kind -> {});
        upload.receives(body);
        body.fill(new byte[2000], 0, 2000);
        upload.reporting();

        upload.close();

        assertThat(uploads.bodies()).isEmpty();
        assertThat(uploads.progress()).containsExactly(new Progress(upload.request(), 1000));
        assertThat(uploads.working()).isZero();
        upload.reported();
        assertThat(uploads.progress()).isEmpty();
    }
}
