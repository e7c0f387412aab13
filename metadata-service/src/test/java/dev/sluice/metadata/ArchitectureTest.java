package dev.sluice.metadata;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;

@AnalyzeClasses(packages = "dev.sluice.metadata", importOptions = ImportOption.DoNotIncludeTests.class)
class ArchitectureTest {
    @ArchTest
    static final ArchRule packagesHaveNoCycles =
            slices().matching("dev.sluice.metadata.(*)..").should().beFreeOfCycles();

    /** Else a cycle of root and features would go unseen: the slices leave the root out. */
    @ArchTest
    static final ArchRule noFeatureKnowsTheAssembly = noClasses()
            .that()
            .resideInAPackage("dev.sluice.metadata.*..")
            .should()
            .dependOnClassesThat()
            .resideInAPackage("dev.sluice.metadata");

    @ArchTest
    static final ArchRule onlyDbKnowsJdbc = noClasses()
            .that()
            .resideOutsideOfPackage("..metadata.db..")
            .should()
            .dependOnClassesThat()
            .haveNameMatching("java\\.sql\\.(?!SQLException).*|javax\\.sql\\..*|org\\.sqlite\\..*|org\\.flywaydb\\..*");

    @ArchTest
    static final ArchRule uploadsKnowNeitherTheQueueNorCallbacks = noClasses()
            .that()
            .resideInAPackage("..metadata.upload..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage(
                    "..metadata.job..", "..metadata.delivery..", "..metadata.event..", "..metadata.check..");

    /** Both speak to addresses of the configuration: nothing that a client names is ever fetched. */
    @ArchTest
    static final ArchRule onlyTheApplicationAndItsReceiverAreCalled = noClasses()
            .that()
            .resideOutsideOfPackages("..metadata.authorize..", "..metadata.delivery..")
            .should()
            .dependOnClassesThat()
            .haveNameMatching("java\\.net\\.(http\\..*|URL|.*URLConnection|Socket|DatagramSocket)"
                    + "|java\\.nio\\.channels\\..*(Socket|Datagram)Channel"
                    + "|javax\\.net\\.(?!ssl\\.SSLException).*|io\\.helidon\\.webclient\\..*");

    @ArchTest
    static final ArchRule theDatabaseKnowsNoFeature = noClasses()
            .that()
            .resideInAPackage("..metadata.db..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("..metadata.upload..", "..metadata.job..", "..metadata.http..", "..metadata.access..");

    @ArchTest
    static final ArchRule onlyConfigurationReadsConfiguration = noClasses()
            .that()
            .resideOutsideOfPackage("dev.sluice.metadata.config..")
            .should()
            .dependOnClassesThat()
            .resideInAPackage("io.helidon.config..");
}
