package dev.weft.instrumentation.executors;

import static net.bytebuddy.matcher.ElementMatchers.isArray;
import static net.bytebuddy.matcher.ElementMatchers.isConstructor;
import static net.bytebuddy.matcher.ElementMatchers.isStatic;
import static net.bytebuddy.matcher.ElementMatchers.named;
import static net.bytebuddy.matcher.ElementMatchers.namedOneOf;
import static net.bytebuddy.matcher.ElementMatchers.takesArgument;
import static net.bytebuddy.matcher.ElementMatchers.takesArguments;

import dev.weft.instrumentation.Adapter;
import dev.weft.instrumentation.Hooks;

/** Hooks where the JDK hands a task over, and where it runs it. */
public final class ExecutorsInstrumentation implements Adapter {

  private static final String HERE = "dev.weft.instrumentation.executors.";
  private static final String CONCURRENT = "java.util.concurrent.";
  private static final String FORK_JOIN_TASK = CONCURRENT + "ForkJoinTask";

  /** The stages that run code of the application. */
  private static final String[] STAGES = {
    "UniApply",
    "UniAccept",
    "UniRun",
    "UniWhenComplete",
    "UniHandle",
    "UniExceptionally",
    "UniComposeExceptionally",
    "UniCompose",
    "BiApply",
    "BiAccept",
    "BiRun",
    "OrApply",
    "OrAccept",
    "OrRun"
  };

  @Override
  public String name() {
    return "executors";
  }

  @Override
  public void install(Hooks hooks) {
    pools(hooks);
    forkJoin(hooks);
    futures(hooks);
    hooks
        .type("java.lang.ThreadBuilders")
        .inline(
            named("newVirtualThread").and(takesArguments(4)).and(isStatic()),
            HERE + "VirtualThreadAdvice");
  }

  private static void pools(Hooks hooks) {
    hooks
        .type(CONCURRENT + "ThreadPoolExecutor")
        .inline(named("execute").and(takesArguments(1)), HERE + "SubmitAdvice")
        .inline(named("reject").and(takesArguments(1)), HERE + "RejectAdvice")
        .inline(named("getTask").and(takesArguments(0)), HERE + "TakeAdvice");
    hooks
        .type(CONCURRENT + "ThreadPoolExecutor$Worker")
        .inline(named("run").and(takesArguments(0)), HERE + "WorkerAdvice");
    hooks
        .type(CONCURRENT + "ScheduledThreadPoolExecutor")
        .inline(named("delayedExecute").and(takesArguments(1)), HERE + "DelayAdvice");
  }

  private static void forkJoin(Hooks hooks) {
    hooks
        .type(CONCURRENT + "ForkJoinPool")
        .inline(
            namedOneOf("externalPush", "externalSubmit")
                .and(takesArguments(1))
                .and(takesArgument(0, named(FORK_JOIN_TASK))),
            HERE + "PushAdvice")
        .inline(
            named("poolSubmit").and(takesArguments(2)).and(takesArgument(1, named(FORK_JOIN_TASK))),
            HERE + "PoolSubmitAdvice");
    hooks
        .type(FORK_JOIN_TASK)
        .inline(
            namedOneOf("fork", "invoke", "quietlyInvoke").and(takesArguments(0)),
            HERE + "ForkAdvice")
        .inline(named("invokeAll").and(takesArguments(2)), HERE + "InvokeBothAdvice")
        .inline(
            named("invokeAll")
                .and(takesArguments(1))
                .and(takesArgument(0, named("java.util.Collection"))),
            HERE + "InvokeListAdvice")
        .inline(
            named("invokeAll").and(takesArguments(1)).and(takesArgument(0, isArray())),
            HERE + "InvokeArrayAdvice")
        .inline(named("doExec").and(takesArguments(0)), HERE + "ExecAdvice");
  }

  private static void futures(Hooks hooks) {
    hooks
        .type(CONCURRENT + "CompletableFuture$UniCompletion")
        .inline(isConstructor(), HERE + "StageAdvice");
    for (String stage : STAGES) {
      hooks
          .type(CONCURRENT + "CompletableFuture$" + stage)
          .inline(named("tryFire").and(takesArguments(1)), HERE + "FireAdvice");
    }
    hooks
        .type(CONCURRENT + "CompletableFuture$ThreadPerTaskExecutor")
        .inline(named("execute").and(takesArguments(1)), HERE + "NewThreadAdvice");
  }
}
