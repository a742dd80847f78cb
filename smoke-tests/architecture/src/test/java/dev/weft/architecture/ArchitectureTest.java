package dev.weft.architecture;

import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.simpleName;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.fields;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Every rule fails when its sentence is broken anywhere in the house. */
class ArchitectureTest {

  private static final Path HOME = Path.of(System.getProperty("weft.home", "../.."));
  private static final String[] JDK = {
    "java..", "javax.net..", "javax.security..", "org.jspecify.."
  };
  private static final String[] WAIST = {
    "dev.weft.bootstrap..",
    "dev.weft.context..",
    "dev.weft.outbound..",
    "dev.weft.inbound..",
    "dev.weft.transport.."
  };

  private static JavaClasses house;

  @BeforeAll
  static void readEveryModule() throws IOException {
    try (Stream<Path> files = Files.walk(HOME, 5)) {
      List<Path> modules =
          files
              .filter(path -> path.endsWith(Path.of("target", "classes")))
              .filter(path -> !path.startsWith(HOME.resolve("demo")))
              .filter(path -> !path.startsWith(HOME.resolve("smoke-tests")))
              .toList();
      assertThat(modules).as("modules under %s", HOME).hasSizeGreaterThan(20);
      house = new ClassFileImporter().importPaths(modules);
    }
  }

  @Test
  void r1TheWaistUsesTheJdkOnly() {
    classes()
        .that(resideInAnyPackage(WAIST))
        .should()
        .onlyDependOnClassesThat(resideInAnyPackage(JDK).or(resideInAnyPackage(WAIST)))
        .because("agent-bootstrap is loaded by the bootstrap class loader: JDK types only")
        .check(house);
  }

  @Test
  void r1TheWaistStaysNarrow() {
    long types =
        house.stream()
            .filter(resideInAnyPackage(WAIST))
            .filter(c -> c.isTopLevelClass() && c.getModifiers().contains(JavaModifier.PUBLIC))
            .count();
    assertThat(types).as("public top-level types in the waist").isBetween(15L, 25L);
  }

  @Test
  void r2TheEngineKnowsTheJdkTheWaistTheModelAndRe2jOnly() {
    classes()
        .that()
        .resideInAPackage("dev.weft.engine..")
        .should()
        .onlyDependOnClassesThat(
            resideInAnyPackage(JDK)
                .or(resideInAnyPackage(WAIST))
                .or(
                    resideInAnyPackage(
                        "dev.weft.engine..", "dev.weft.model..", "com.google.re2j..")))
        .because("the engine decides: no library's types, no wire format, no I/O")
        .check(house);
  }

  @Test
  void r3TheModelIsPlainData() {
    classes()
        .that()
        .resideInAPackage("dev.weft.model..")
        .should()
        .onlyDependOnClassesThat(resideInAnyPackage(JDK).or(resideInAPackage("dev.weft.model..")))
        .because("what a workload is told must not know who tells or who follows it")
        .check(house);
  }

  @Test
  void r4AdaptersKnowTheWaistTheirLibraryAndTheInstrumentationApiOnly() {
    noClasses()
        .that(adapters())
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage(
            "dev.weft.engine..",
            "dev.weft.model..",
            "dev.weft.policy..",
            "dev.weft.identity..",
            "dev.weft.wire..",
            "dev.weft.controlclient..",
            "dev.weft.telemetry..",
            "dev.weft.tooling..",
            "dev.weft.agent..")
        .because("adapters translate; they do not decide")
        .check(house);
  }

  @Test
  void r5NoAdapterImportsAnother() {
    slices()
        .matching("dev.weft.instrumentation.(*)..")
        .should()
        .notDependOnEachOther()
        .because("each folder can be deleted")
        .check(house);
  }

  @Test
  void r6TheWireEndsAtItsRooms() {
    noClasses()
        .that()
        .resideInAPackage("dev.weft..")
        .and()
        .resideOutsideOfPackages(
            "dev.weft.wire..",
            "dev.weft.controlclient..",
            "dev.weft.control.push..",
            "dev.weft.control.ca..",
            // There it is the application's library, not our wire.
            "dev.weft.instrumentation.grpc..")
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage("com.google.protobuf..", "io.grpc..")
        .because("protobuf and gRPC stop in wire, control-client, push and ca")
        .check(house);
  }

  @Test
  void r7ByteBuddyIsKnownToToolingAndTheInstrumentationClassesOnly() {
    noClasses()
        .that()
        .resideOutsideOfPackages(
            "dev.weft.tooling..",
            "dev.weft.instrumentation",
            "dev.weft.testkit..",
            "dev.weft.agent..")
        .and(
            DescribedPredicate.describe(
                "are not advice or *Instrumentation",
                c ->
                    !outermost(c).getSimpleName().endsWith("Instrumentation")
                        && !c.getSimpleName().endsWith("Advice")))
        .should()
        .dependOnClassesThat()
        .resideInAPackage("net.bytebuddy..")
        .because("an adapter's decisions about bytecode stand in one class")
        .check(house);
  }

  @Test
  void r8TheCoreKnowsNoWebNoWireNoDatabase() {
    noClasses()
        .that()
        .resideInAPackage("dev.weft.control.core..")
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage(
            "com.linecorp..",
            "io.grpc..",
            "com.google.protobuf..",
            "java.sql..",
            "org.h2..",
            "dev.weft.wire..")
        .because("core holds words and rules")
        .check(house);
  }

  @Test
  void r9TheRoomsAroundTheCoreDoNotKnowEachOther() {
    slices()
        .matching("dev.weft.control.(store|registry|rest|push|ca|jwks)..")
        .should()
        .notDependOnEachOther()
        .because("they meet in core")
        .check(house);
  }

  @Test
  void r10NothingImportsTheWiring() {
    noClasses()
        .that()
        .resideOutsideOfPackages("dev.weft.agent..", "dev.weft.control.app..")
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage("dev.weft.agent..", "dev.weft.control.app..")
        .because("the composition roots know everybody; nobody knows them")
        .check(house);
  }

  @Test
  void r10PackagesHaveNoCycles() {
    slices()
        .matching("dev.weft.(engine|policy|controlclient|telemetry|tooling|control).(**)")
        .should()
        .beFreeOfCycles()
        .check(house);
  }

  @Test
  void r12WaitingHappensInTheDriverOnly() {
    noClasses()
        .that(agentSide())
        .and()
        .doNotHaveFullyQualifiedName("dev.weft.outbound.BlockingDriver")
        .should()
        .callMethod(Thread.class, "sleep", long.class)
        .orShould()
        .callMethod(java.util.concurrent.TimeUnit.class, "sleep", long.class)
        .because("a delay of ours in an adapter or the engine would stop somebody else's thread")
        .check(house);
  }

  @Test
  void r13MeshIsTheOnlyStaticMutableState() {
    fields()
        .that()
        .areDeclaredInClassesThat(agentSide().and(DescribedPredicate.not(simpleName("Mesh"))))
        .and()
        .areStatic()
        .should()
        .beFinal()
        .because("adapters find the engine in Mesh; everything else is constructed and passed")
        .check(house);
  }

  @Test
  void r14HooksNameTypesInsteadOfLoadingThem() {
    noClasses()
        .that(adapters())
        .should()
        .callMethodWhere(
            DescribedPredicate.describe(
                "a matcher takes a class",
                call ->
                    call.getTargetOwner().getName().equals("net.bytebuddy.matcher.ElementMatchers")
                        && call.getTarget().getRawParameterTypes().stream()
                            .anyMatch(type -> type.getName().contains("java.lang.Class"))))
        .because("describing a loaded class costs the start of every application, hooked or not")
        .check(house);
  }

  private static DescribedPredicate<JavaClass> adapters() {
    return DescribedPredicate.describe(
        "adapters",
        c ->
            c.getPackageName().startsWith("dev.weft.instrumentation.")
                && !c.getPackageName().equals("dev.weft.instrumentation"));
  }

  private static DescribedPredicate<JavaClass> agentSide() {
    return resideInAnyPackage(WAIST)
        .or(
            resideInAnyPackage(
                "dev.weft.engine..",
                "dev.weft.instrumentation..",
                "dev.weft.identity..",
                "dev.weft.jwt..",
                "dev.weft.extauthz..",
                "dev.weft.controlclient..",
                "dev.weft.telemetry..",
                "dev.weft.tooling..",
                "dev.weft.agent.."));
  }

  private static JavaClass outermost(JavaClass c) {
    return c.getEnclosingClass().map(ArchitectureTest::outermost).orElse(c);
  }
}
