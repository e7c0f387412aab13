package dev.sluice.worker;

import java.util.Optional;

/** What {@code --help} and {@code --version} print. */
final class Help {
    static final String TEXT = """
            worker: leases jobs and checks from the metadata service and runs them

              java -jar worker.jar [--config FILE]... [--halt-at NAME:N[:freeze]]... [key=value]...

              --config FILE   YAML; arguments win over files, earlier files over later ones
              --halt-at ...   for tests: die (or freeze) at a named moment
              --help, --version

            Keys and defaults (spans are ISO 8601, sizes are bytes):
              storage.url                        required               http(s)://host:port of the S3 service
              storage.ca-file                    JVM's authorities      PEM; with https nobody else is trusted
              storage.addressing                 path                   or virtual-host: how URLs name buckets
              storage.region                     us-east-1              region that requests are signed for
              storage.bucket                     uploads                where uploads go
              storage.create-bucket              true                   make it when it is missing
              storage.access-key                 required               name of the reader's identity
              storage.secret-key-file            required               file with its secret
              storage.integrity                  crc32c-trailer         or size: the store verifies no trailing checksum
              storage.connect-timeout            PT3S                   longest connect
              worker.name                        host name              one live process a name
              worker.metadata-url                http://127.0.0.1:8091  internal listener of the metadata service
              worker.token-file                  required               file with the service token
              worker.state                       required               folder for records of running process groups
              worker.processes                   number of cores        jobs at once, each in an OS process
              worker.checks                      4                      checks at once
              worker.long-poll                   PT20S                  longest wait for a lease
              worker.drain                       PT30S                  after SIGTERM
              worker.url-lifetime                PT1H                   of links to objects that jobs get
              worker.verify.soft, .hard, .heap   PT10M, PT15M, 64m      built-in jobs
              worker.child-jobs                  100                    a child JVM is replaced after so many
              worker.commands.KIND.argv          none                   list of words, never through a shell
              worker.commands.KIND.soft, .hard   PT5M, PT6M             TERM, then KILL of the process group
              worker.commands.KIND.memory-bytes  1073741824             address space
              worker.commands.KIND.env           none                   names passed on besides PATH, HOME, LANG

            What each key means: docs/configuration.md
            """;

    private Help() {}

    static String version() {
        return "worker "
                + Optional.ofNullable(Help.class.getPackage().getImplementationVersion())
                        .orElse("development");
    }
}
