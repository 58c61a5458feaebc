using System.Globalization;
using System.Reflection;
using System.Runtime.CompilerServices;
using System.Text.Json;
using Veer.Data;
using Veer.Diffusion;
using Veer.Guidance;
using Veer.Images;
using Veer.Onnx;
using Veer.Sampling;
using Veer.Studies.Pipeline;
using Veer.Tests.Formats;
using Veer.Tests.Guidance;
using Veer.Tests.Studies;
using Xunit;
using static TorchSharp.torch;

namespace Veer.Tests;

/// <summary>
/// A program of another culture reads and writes what any other does. Analyzers see calls that take a culture; numbers in interpolated and
/// joined strings, which they pass over, are looked for in the compiled methods.
/// </summary>
public sealed class CultureTests
{
    private static readonly Assembly[] Own =
    [
        typeof(VeerException).Assembly, typeof(SkiaImages).Assembly, typeof(OnnxModels).Assembly, typeof(StudyRun).Assembly,
        typeof(global::Veer.Cli.TimeLeft).Assembly,
    ];

    private static readonly HashSet<Type> Fractions =
        [typeof(double), typeof(float), typeof(Half), typeof(decimal), typeof(DateTime), typeof(DateTimeOffset), typeof(DateOnly), typeof(TimeOnly)];

    private static readonly HashSet<Type> Whole =
        [typeof(byte), typeof(sbyte), typeof(short), typeof(ushort), typeof(int), typeof(uint), typeof(long), typeof(ulong), typeof(nint), typeof(Int128)];

    [Fact]
    public void No_number_is_written_in_the_culture_of_the_thread() =>
        Assert.Equal("", string.Join('\n', Own.SelectMany(Calls.Methods).Where(method => method.Name != "PrintMembers").SelectMany(Faults)));

    [Fact]
    public void Such_numbers_are_found() => Assert.Equal(
        ["AppendFormatted", "AppendFormatted", "Join", "ToString", "ToString"],
        ((Func<double, string>[])[x => $"{x}", x => $"{(long)x:n0}", x => string.Join(' ', new[] { x, x }), x => "x" + x, x => x.ToString("f1")])
            .SelectMany(written => Faults(written.Method)).Select(fault => fault.Split(' ')[^1]));

    [Fact]
    public void Levels_and_messages_have_points_where_the_culture_has_commas() => Comma(() =>
    {
        Assert.Equal("0,5", $"{0.5}");
        Assert.Equal("NoiseLevel { Alpha = 0.5, Sigma = 0.25 }", new NoiseLevel(0.5, 0.25).ToString());
        Assert.Contains("from signal 0.5, noise 0.25", new NonFiniteStateException(3, 4, 10, new NoiseLevel(0.5, 0.25)).Message, StringComparison.Ordinal);
        Refusal.Of(() => _ = new IntervalGuidance(Blobs.Denoiser(), Blobs.Denoiser(), 0.5, 0.25), "found 0.5 to 0.25");
        Refusal.Of(() => ByClass.RequireFinite(full(1, 1, double.NaN), "x", "points"), "numbers below 1e");
        return 0;
    });

    [Fact]
    public void Numbers_and_pictures_of_a_run_do_not_depend_on_the_culture()
    {
        using var folder = new TemporaryFolder();
        var study = StudyText.Resolve(folder, """
            title: On the line
            data: { kind: gaussians, means: [-1, 1.5], deviations: [0.5, 0.5], train_per_class: 60, held_out_per_class: 60 }
            denoiser: { timesteps: 50 }
            denoisers: {}
            guidance: { denoiser: exact, scales: [1, 2.5] }
            sampling: { steps: 5, training_samples: 40, test_samples: 60, trajectories: 4 }
            postprocessors: {}
            evaluation: { assignment_points: 50, projections: 8 }
            """);
        foreach (string run in (string[])["comma", "point"])
        {
            Func<int> made = () =>
            {
                new StudyRun(study, new(folder.File(run), 0, CPU), new Recorded()).Execute(TestContext.Current.CancellationToken);
                return 0;
            };
            _ = run == "comma" ? Comma(made) : InvariantCulture.Run(made);
        }
        var figures = Directory.GetFiles(folder.File("point/figures"), "*.svg").Select(Path.GetFileName).ToList();
        Assert.NotEmpty(figures);
        Assert.All(figures, name => Assert.Equal(File.ReadAllText(folder.File($"point/figures/{name}")), File.ReadAllText(folder.File($"comma/figures/{name}"))));
        Assert.Equal(Rows("point"), Rows("comma"));

        IEnumerable<string> Rows(string run)
        {
            using var results = JsonDocument.Parse(File.ReadAllText(folder.File($"{run}/results.json")));
            return [.. results.RootElement.GetProperty("rows").EnumerateArray().Select(row => $"{row}").Where(row => !row.Contains("seconds", StringComparison.Ordinal))];
        }
    }

    private static T Comma<T>(Func<T> work)
    {
        var comma = (CultureInfo)CultureInfo.InvariantCulture.Clone();
        (comma.NumberFormat.NumberDecimalSeparator, comma.NumberFormat.NumberGroupSeparator) = (",", ".");
        return InvariantCulture.Run(() =>
        {
            CultureInfo.CurrentCulture = comma;
            return work();
        });
    }

    private static IEnumerable<string> Faults(MethodBase method)
    {
        bool told = false;
        foreach (var (called, on) in Calls.Of(method))
        {
            if (called.DeclaringType == typeof(DefaultInterpolatedStringHandler) && called.IsConstructor) told = Takes(called, typeof(IFormatProvider));
            bool written = called.Name switch
            {
                "ToString" => Varies(on) && !Takes(called, typeof(IFormatProvider)),
                "Join" => called.DeclaringType == typeof(string) && called.IsGenericMethod && Varies(called.GetGenericArguments()[0]),
                "AppendFormatted" => called.DeclaringType == typeof(DefaultInterpolatedStringHandler) && !told && called.IsGenericMethod
                    && (Varies(called.GetGenericArguments()[0]) || (Whole.Contains(called.GetGenericArguments()[0]) && Takes(called, typeof(string)))),
                _ => false,
            };
            if (written) yield return $"{method.DeclaringType}.{method.Name}: {called.Name}";
        }
    }

    private static bool Takes(MethodBase method, Type parameter) => method.GetParameters().Any(own => own.ParameterType == parameter);

    /// <summary>Whether a value's text hangs on the culture: a fraction or date, or a record of them that is printed as compilers do.</summary>
    private static bool Varies(Type type)
    {
        type = Nullable.GetUnderlyingType(type) ?? type;
        if (Fractions.Contains(type)) return true;
        var print = Own.Contains(type.Assembly) ? type.GetMethod("ToString", BindingFlags.DeclaredOnly | BindingFlags.Public | BindingFlags.Instance, []) : null;
        return print?.GetCustomAttribute<CompilerGeneratedAttribute>() is not null && type.GetProperties().Any(property => Varies(property.PropertyType));
    }
}
