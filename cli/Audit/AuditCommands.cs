using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;
using Cluster.Cli.Connection;
using Cluster.V1;
using Google.Protobuf.WellKnownTypes;

namespace Cluster.Cli.Audit;

/// <summary><c>cluster audit …</c></summary>
internal static class AuditCommands
{
    private const int LastByDefault = 20;
    private const int MostAtOnce = 1_000;

    /// <summary>The command and its subcommands.</summary>
    public static Command Create() => new("audit", "Who did what, who was refused what, and whether that record is whole.")
    {
        Verify(),
        Tail(),
        Query(),
    };

    private static Command Verify()
    {
        var anchor = new Option<string>("--anchor")
        {
            Description = "What an earlier verification printed: that much of the log must still be there.",
            DefaultValueFactory = _ => "",
        };
        var command = new Command("verify", "Recompute every MAC and every seal of the log; exit code 7 where it was tampered with.") { anchor };
        command.Calls((client, printer, parsed, cancellationToken) =>
        {
            var view = new AuditVerificationView(printer);
            var request = new VerifyAuditRequest { Anchor = parsed.GetValue(anchor) };
            return view.Print(client.Follow<AuditVerification>(request, cancellationToken, view.BeginAgain));
        });
        return command;
    }

    private static Command Tail()
    {
        var last = new Option<int>("--last", "-n") { Description = "Entries to begin with.", DefaultValueFactory = _ => LastByDefault };
        var follow = new Option<bool>("--follow", "-f") { Description = "Go on with every new entry, until Ctrl-C." };
        var command = new Command("tail", "The newest entries.") { last, follow };
        command.Calls(async (client, printer, parsed, cancellationToken) =>
        {
            var request = new TailAuditEntriesRequest
            {
                Last = (uint)Math.Clamp(parsed.GetValue(last), 0, MostAtOnce),
                WithoutFollowing = !parsed.GetValue(follow),
            };
            var printed = new PrintedEntries();
            await foreach (var entry in client.Follow<AuditEntry>(request, cancellationToken, PrintedEntries.SayThatSomeMayLack))
            {
                if (printed.IsNew(entry))
                {
                    AuditEntryView.Print(printer, entry);
                }
            }
        });
        return command;
    }

    private static Command Query()
    {
        var from = TimeOption("--from", "From this time on: 2027-01-31, 2027-01-31T08:00Z, or 2h for two hours ago.");
        var until = TimeOption("--until", "Before this time.");
        var wallet = new Option<string>("--wallet") { Description = "About this wallet.", DefaultValueFactory = _ => "" };
        var caller = new Option<string>("--caller") { Description = "By this caller: an API key's id.", DefaultValueFactory = _ => "" };
        var severity = new Option<Severity>("--severity") { Description = "low, medium or high: this severe or more." };
        var operation = new Option<string>("--operation") { Description = "What the operation begins with, for example wallet.", DefaultValueFactory = _ => "" };
        var limit = new Option<int>("--limit") { Description = "Entries at most.", DefaultValueFactory = _ => MostAtOnce };
        var command = new Command("query", "Entries by time, wallet, caller, severity or operation, newest first.")
        {
            from, until, wallet, caller, severity, operation, limit,
        };
        command.Calls(async (client, printer, parsed, cancellationToken) =>
        {
            var request = new ListAuditEntriesRequest
            {
                Filter = new AuditFilter
                {
                    From = parsed.GetValue(from) is { } first ? Timestamp.FromDateTimeOffset(first) : null,
                    Until = parsed.GetValue(until) is { } end ? Timestamp.FromDateTimeOffset(end) : null,
                    WalletId = parsed.GetValue(wallet),
                    CallerId = parsed.GetValue(caller),
                    MinSeverity = parsed.GetValue(severity),
                    Operation = parsed.GetValue(operation),
                },
            };
            var left = Math.Max(parsed.GetValue(limit), 0);
            do
            {
                request.PageSize = (uint)Math.Clamp(left, 1, MostAtOnce);
                var reply = await client.Call<ListAuditEntriesReply>(request, cancellationToken);
                foreach (var entry in reply.Entries.Take(left))
                {
                    AuditEntryView.Print(printer, entry);
                }

                left -= reply.Entries.Count;
                request.PageToken = reply.NextPageToken;
            }
            while (left > 0 && request.PageToken.Length > 0);
        });
        return command;
    }

    private static Option<DateTimeOffset?> TimeOption(string name, string description) =>
        new(name) { Description = description, CustomParser = ParseTime };

    private static DateTimeOffset? ParseTime(ArgumentResult result)
    {
        var text = result.Tokens[0].Value;
        if (AuditTime.TryParse(text, TimeProvider.System.GetUtcNow(), out var moment))
        {
            return moment;
        }

        result.AddError(string.Create(CultureInfo.InvariantCulture, $"'{text}' is no time; write 2027-01-31, 2027-01-31T08:00Z, or 30m, 2h, 7d for so long ago"));
        return null;
    }
}
