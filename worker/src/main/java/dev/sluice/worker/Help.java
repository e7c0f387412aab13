package dev.sluice.worker;

import java.util.Optional;

/** What {@code --help} and {@code --version} print. */
final class Help {
    static final String TEXT = """
            Usage: java -jar worker.jar [--config FILE]... [--halt-at NAME:N[:freeze]]... [key=value]...

            Leases jobs from the metadata service and runs them. Arguments win over files, earlier files over later ones.

              worker.name                        host name
              worker.metadata-url                http://127.0.0.1:8091
              worker.token-file                  (required)
              worker.state                       (required) folder for records of running process groups
              worker.processes                   number of cores
              worker.checks                      4
              worker.long-poll                   PT20S
              worker.drain                       PT30S
              worker.url-lifetime                PT1H
              worker.verify.soft, .hard, .heap   PT10M, PT15M, 64m
              worker.child-jobs                  100
              worker.commands.KIND.argv          list of words, never through a shell
              worker.commands.KIND.soft, .hard   PT5M, PT6M
              worker.commands.KIND.memory-bytes  1073741824
              worker.commands.KIND.env           names passed on besides PATH, HOME, LANG
              storage.url                        (required)
              storage.region                     us-east-1
              storage.bucket                     uploads
              storage.create-bucket              true
              storage.access-key                 (required)
              storage.secret-key-file            (required)
              storage.integrity                  crc32c-trailer, or size
              storage.connect-timeout            PT3S
            """;

    private Help() {}

    static String version() {
        return "sluice worker "
                + Optional.ofNullable(Help.class.getPackage().getImplementationVersion())
                        .orElse("(not packaged)");
    }
}
