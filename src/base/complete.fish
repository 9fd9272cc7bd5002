# Completion of PROGRAM for fish: what it says itself.

function __PROGRAM_complete
    set -l words (commandline -opc)
    set -l cur (commandline -ct)
    set -l head (string match -r -- '^--[^=]*=' $cur)
    or set head ''
    set -l file (string replace -r -- '^--[^=]*=' '' $cur)

    for line in ($words[1] completion words -- $words[2..] "$cur" 2>/dev/null)
        switch $line
            case ':files *'
                set -l suffix (string replace ':files ' '' $line)
                set -l found $file*/ $file*$suffix
                string join \n -- $head$found
            case ':files'
                string join \n -- $head(__fish_complete_path $file)
            case ':directories'
                string join \n -- $head(__fish_complete_directories $file)
            case ':programs'
                __fish_complete_subcommand --commandline $cur
            case '*'
                echo $line
        end
    end
end
complete -c PROGRAM -f -a '(__PROGRAM_complete)'
