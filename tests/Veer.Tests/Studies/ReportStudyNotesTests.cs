using Veer.Studies.Runs;
using Xunit;

namespace Veer.Tests.Studies;

public sealed class ReportStudyNotesTests
{
    private const string Study = """
        title: A study
        guidances:
          learned: { kind: classifier-free, denoiser: base }
          exact: { kind: classifier-free, denoiser: exact }
          linear: { kind: classifier, denoiser: exact, classifier: linear }
          autoguided: { kind: autoguidance, denoiser: exact, guide: exact }
          plain:
        """;

    [Theory]
    [InlineData("learned", "")]
    [InlineData("exact", " (closed form)")]
    [InlineData("linear", " (closed form with a learned classifier)")]
    [InlineData("autoguided", " (closed form)")]
    [InlineData("plain", "")]
    [InlineData("unknown", "")]
    public void Guidances_of_closed_form_are_named_so(string guidance, string suffix) => Assert.Equal(suffix, StudyNotes.Read("study.yaml", Study).Suffix(guidance));
}
