package dev.sluice.gateway;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.importer.ImportOption.DoNotIncludeTests;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;

/** Who may depend on whom inside the gateway. */
@AnalyzeClasses(packages = "dev.sluice.gateway", importOptions = DoNotIncludeTests.class)
class PackageRulesTest {
    @ArchTest
    static final ArchRule ONLY_S3_KNOWS_THE_STORAGE_CLIENT = noClasses()
            .that()
            .resideOutsideOfPackage("..gateway.s3..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("io.minio..", "okhttp3..", "okio..");

    @ArchTest
    static final ArchRule ONLY_THE_ROOT_KNOWS_S3 = noClasses()
            .that()
            .resideOutsideOfPackages("dev.sluice.gateway", "..gateway.s3..")
            .should()
            .dependOnClassesThat()
            .resideInAPackage("..gateway.s3..");

    @ArchTest
    static final ArchRule STORAGE_DOES_NOT_KNOW_HELIDON = noClasses()
            .that()
            .resideInAnyPackage("..gateway.storage..", "..gateway.s3..", "..gateway.connection..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("io.helidon..");

    @ArchTest
    static final ArchRule NOBODY_KNOWS_THE_ROOT = noClasses()
            .that()
            .resideInAPackage("dev.sluice.gateway.*..")
            .should()
            .dependOnClassesThat()
            .resideInAPackage("dev.sluice.gateway");

    @ArchTest
    static final ArchRule PACKAGES_HAVE_NO_CYCLES =
            slices().matching("dev.sluice.gateway.(*)..").should().beFreeOfCycles();
}
