using System.Globalization;
using Veer.Diffusion;

namespace Veer.Studies.Settings;

/// <summary>Settings that are each within their range and yet cannot stand together: told at once, not after an hour of training.</summary>
/// <param name="settings">The settings.</param>
/// <param name="file">For errors.</param>
internal abstract class Contradictions(StudySettings settings, string file)
{
    protected StudySettings Settings => settings;

    /// <summary>Looks at everything.</summary>
    /// <exception cref="InputException">One line that names the key, what was found and what is allowed.</exception>
    public static void Validate(StudySettings settings, string file)
    {
        new DataContradictions(settings, file).Check();
        new ModelContradictions(settings, file).Check();
        new GuidanceContradictions(settings, file).Check();
        new PostprocessorContradictions(settings, file).Check();
    }

    /// <summary>Looks at its part of the settings.</summary>
    public abstract void Check();

    protected InputException Fault(string key, object found, string expected) => new(file, key, Shown(found), expected);

    protected void Distinct(string key, IEnumerable<double> scales)
    {
        // a scale's files and stages bear its text
        var twice = scales.GroupBy(SampledScales.Text).FirstOrDefault(same => same.Count() > 1);
        if (twice is not null) throw Fault(key, string.Join(", ", twice.Select(scale => Shown(scale))), "scales that differ within four decimals");
    }

    protected void Process(string key, string schedule, int timesteps)
    {
        int least = ScheduleKind.All.Named(schedule).LeastSteps;
        if (timesteps < least) throw Fault($"{key}.timesteps", timesteps, $"at least {least} with the {schedule} schedule");
    }

    protected static string OneOf(IEnumerable<string> names) => names.Any() ? $"one of {string.Join(", ", names)}" : "none: there is none to name";

    protected static string Shown(object value) => string.Create(CultureInfo.InvariantCulture, $"{value}");
}
