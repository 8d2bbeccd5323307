package io.kvm4j.injection;

import io.kvm4j.injection.Faults.Kind;
import io.kvm4j.injection.Faults.Plan;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A program over {@link InstrumentedClasses} that lives each scenario once for each call in it and each kind of failure, or
 * for as many of these as it may. Prints each leak, and a line for each scenario.
 */
final class InjectionRun {
    private static final int WARM_UPS = 3;
    private static final long PATIENCE_MILLIS = 30_000;

    private int injected;
    private int leaks;

    private InjectionRun() {}

    /**
     * Injects failures into scenarios.
     *
     * @param args the names of the scenarios, each with how many failures to inject into it at most: {@code vm=500}
     */
    public static void main(String[] args) throws Exception {
        Thread.setDefaultUncaughtExceptionHandler((thread, injected) -> {});
        Map<String, Scenario> scenarios = scenarios();
        InjectionRun all = new InjectionRun();
        for (String arg : args) {
            String[] budget = arg.split("=", 2);
            all.inject(budget[0], scenarios.get(budget[0]), Integer.parseInt(budget[1]));
        }
        System.out.printf("%d failures injected, %d leaks%n", all.injected, all.leaks);
        System.exit(0); // threads that leaked must not keep it alive
    }

    private static Map<String, Scenario> scenarios() {
        Map<String, Scenario> scenarios = new LinkedHashMap<>();
        scenarios.put("vm", new VmScenario());
        scenarios.put("pager", new PagerScenario());
        scenarios.put("migration", new MigrationScenario());
        return scenarios;
    }

    @SuppressWarnings("EnumOrdinal") // any order of the kinds will do
    private void inject(String name, Scenario scenario, int budget) throws Exception {
        for (int i = 0; i < WARM_UPS; i++) {
            scenario.run();
        }
        Faults.disarm();
        Remains before = Remains.now();
        scenario.run();
        int calls = Faults.calls();
        List<String> without = before.leaked();
        if (!without.isEmpty()) {
            leaks++;
            System.out.printf("%s leaks without a failure: %s%n", name, without);
        }
        int injectedBefore = injected;
        int leaksBefore = leaks;
        long start = System.nanoTime();
        int all = calls * Kind.values().length;
        int step = Math.max(1, all / budget);
        for (int i = 0; i < all; i += step) {
            Kind kind = Kind.values()[i % Kind.values().length];
            inject(name, scenario, new Plan(1 + i / Kind.values().length, isBurst(i) ? 3 : 1, kind));
        }
        System.out.printf(
                "%s: %d calls, %d failures injected in %d s, %d leaks%n",
                name,
                calls,
                injected - injectedBefore,
                (System.nanoTime() - start) / 1_000_000_000,
                leaks - leaksBefore);
    }

    /** Every fifth time, calls that are repeated fail again. */
    private static boolean isBurst(int i) {
        return i % 5 == 4;
    }

    private void inject(String name, Scenario scenario, Plan plan) throws Exception {
        Remains before = Remains.now();
        Faults.arm(plan);
        Thread life = Thread.ofPlatform().daemon().name("life").start(() -> live(scenario));
        life.join(PATIENCE_MILLIS);
        String into = Faults.injectedInto();
        Faults.disarm();
        if (into.isEmpty()) {
            return;
        }
        injected++;
        if (life.isAlive()) {
            System.out.printf("%s hangs after a failure of %s: %s%n", name, into, List.of(life.getStackTrace()));
            leaks++;
            return;
        }
        List<String> leaked = before.leaked();
        if (!leaked.isEmpty()) {
            leaks++;
            System.out.printf("%s leaks %s after a failure of %s%n", name, leaked, into);
        }
    }

    private static void live(Scenario scenario) {
        try {
            scenario.run();
        } catch (Throwable expected) {
            if (System.getProperty("kvm4j.injection.verbose") != null) {
                expected.printStackTrace(System.out);
            }
        }
    }
}
