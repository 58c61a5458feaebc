using System.CommandLine;
using Spectre.Console;
using Veer.Studies.Settings;

namespace Veer.Cli;

/// <summary><c>veer studies</c>: what can be run.</summary>
internal static class StudiesCommand
{
    public static Command Create()
    {
        var command = new Command("studies", "List the studies: what each reproduces, its presets and the expected time.");
        command.SetAction(_ =>
        {
            var table = new Table().Border(TableBorder.Simple)
                .AddColumn(new TableColumn("study").NoWrap()).AddColumn("shows").AddColumn(new TableColumn("expected on 2 cores").NoWrap());
            foreach (string name in StudyFile.Names())
            {
                var presets = StudyFile.Presets(name).Select(preset => StudyFile.Resolve(name, preset, [])).ToList();
                if (presets.Count == 0) continue;
                var settings = presets[0].Settings;
                string times = string.Join("\n", presets.Select(study => $"{study.Preset} {RunConsole.Duration(60 * study.Settings.Minutes)}"));
                table.AddRow(Markup.Escape(name), $"{Markup.Escape(settings.Title)}\n[dim]{Markup.Escape(settings.Reproduces)}[/]", Markup.Escape(times));
            }
            AnsiConsole.Write(table);
            return CommandRunner.Done;
        });
        return command;
    }
}
