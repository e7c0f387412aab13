package dev.sluice.worker;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;

@AnalyzeClasses(packages = "dev.sluice.worker", importOptions = ImportOption.DoNotIncludeTests.class)
class ArchitectureTest {
    @ArchTest
    static final ArchRule packagesAreFreeOfCycles =
            slices().matching("dev.sluice.worker.(*)..").should().beFreeOfCycles();

    @ArchTest
    static final ArchRule onlyTheStoreKnowsTheStorageClient = noClasses()
            .that()
            .resideOutsideOfPackage("dev.sluice.worker.store..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("io.minio..", "okhttp3..");

    @ArchTest
    static final ArchRule builtInJobsNeedOnlyTheJdkAndJson = noClasses()
            .that()
            .resideInAPackage("dev.sluice.worker.builtin..")
            .should()
            .dependOnClassesThat()
            .resideOutsideOfPackages(
                    "dev.sluice.worker.builtin..",
                    "dev.sluice.worker.tls..",
                    "java..",
                    "javax.net..",
                    "jakarta.json..",
                    "org.jspecify..");

    @ArchTest
    static final ArchRule leasingKnowsNoKindOfWork = noClasses()
            .that()
            .resideInAPackage("dev.sluice.worker.lease..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage(
                    "dev.sluice.worker.store..",
                    "dev.sluice.worker.check..",
                    "dev.sluice.worker.process..",
                    "dev.sluice.worker.builtin..");

    @ArchTest
    static final ArchRule nobodyKnowsTheRoot = noClasses()
            .that()
            .resideInAPackage("dev.sluice.worker.*..")
            .should()
            .dependOnClassesThat()
            .resideInAPackage("dev.sluice.worker");

    @ArchTest
    static final ArchRule onlyMainReadsConfiguration = noClasses()
            .that()
            .resideInAPackage("dev.sluice.worker.*..")
            .and()
            .resideOutsideOfPackage("dev.sluice.worker.config..")
            .should()
            .dependOnClassesThat()
            .resideInAPackage("io.helidon..");
}
