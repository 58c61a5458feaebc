using Veer.Cli;

return await CommandRunner.Run(VeerCommand.Create(), args);
